using System.Text;
using System.Text.Json.Nodes;
using KnSock.Protocol.Messages;

namespace KnSock.Protocol.Tests.Messages;

public class MessageVectorTests
{
    public static TheoryData<string> Control => Vectors.Messages.Names("control");

    public static TheoryData<string> Greetings => Vectors.Messages.Names("greetings");

    public static TheoryData<string> Attaches => Vectors.Messages.Names("attaches");

    public static TheoryData<string> Lenient => Vectors.Messages.Names("lenient");

    public static TheoryData<string> Invalid => Vectors.Messages.Names("invalid");

    public static TheoryData<string> Implausible => Vectors.Messages.Names("implausible");

    [Theory]
    [MemberData(nameof(Control))]
    public void A_control_message_is_read_and_written_again_as_the_vector_says(string name)
    {
        var vector = Vectors.Messages.Named("control", name);
        var message = MessageJson.ReadControl(Line(vector))!;
        AssertSame(vector.Text("line"), MessageJson.WriteLine(message));
        Assert.True(message is not Feedback { IsPlausible: false } and not Select { IsPlausible: false } and not Limits { IsPlausible: false });
    }

    [Fact]
    public void Every_kind_of_message_has_a_vector()
    {
        var seen = Vectors.Messages.List("control").Select(v => MessageJson.ReadControl(Line(v))!.GetType()).Distinct();
        var all = typeof(ControlMessage).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ControlMessage)));
        Assert.Equal(all.OrderBy(t => t.Name, StringComparer.Ordinal), seen.OrderBy(t => t.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Properties_land_where_they_belong()
    {
        Assert.Equal(
            new Feedback
            {
                Selection = 1,
                State = PlayoutState.Playing,
                PositionSeconds = 3.25,
                VideoBufferSeconds = 0.4,
                AudioBufferSeconds = 0.41,
                TargetSeconds = 0.2,
                ReceivedBytes = 1_234_567,
                Stalls = 1,
                StallMs = 250,
                Late = 2,
                Dropped = 3,
                DecodeP95Ms = 4.5,
                Presented = 97,
                PlaybackRate = 1.05,
            },
            Read("feedback"));
        Assert.Equal(new Select { Selection = 2, Name = "a.mp4", From = StartPoint.Beginning, MaxBufferSeconds = 8 }, Read("select-name"));
        Assert.Equal(
            new Select { Selection = uint.MaxValue, Channel = 0, From = StartPoint.Position, PositionSeconds = 12.5 }, Read("select-position"));
        Assert.Equal(new Hello { KnSock = 1, Session = "b1946ac92492d234", Client = "knsock/0.1.0" }, Read("hello"));
        Assert.Equal(new Hello { KnSock = 1, Session = "b1946ac92492d234", Client = "knsock/0.1.0", SharedAudio = true }, Read("hello-shared"));
        Assert.True(MessageJson.ReadGreeting(Line(Vectors.Messages.Named("greetings", "greeting-shared"))).SharedAudio);
        Assert.Equal(new Limits { WindowHeight = 540, MaxHeight = 480, MaxBitsPerSecond = 1_500_000 }, Read("limits"));
        Assert.Equal(new Pong { Id = 9_007_199_254_740_991, Time = 123_456_789 }, Read("pong"));
        Assert.Equal(new Pong { Id = 7, Time = 123_456_789, LinkBitsPerSecond = 5_210_000 }, Read("pong-link"));
        var channel = Assert.Single(Assert.IsType<Catalog>(Read("catalog")).Channels);
        Assert.Equal(("Zwölf Töne, 十二", 20.02, 2), (channel.Title, channel.DurationSeconds, channel.Renditions.Count));
    }

    [Theory]
    [MemberData(nameof(Greetings))]
    public void A_greeting_is_read_and_written_again_as_the_vector_says(string name)
    {
        var vector = Vectors.Messages.Named("greetings", name);
        var written = MessageJson.WriteLine(MessageJson.ReadGreeting(Line(vector)));
        AssertSame(vector.Text("line"), written);
        Assert.StartsWith("{\"videos\":", Encoding.UTF8.GetString(written), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Attaches))]
    public void A_first_line_is_read_and_written_again_as_the_vector_says(string name)
    {
        var vector = Vectors.Messages.Named("attaches", name);
        AssertSame(vector.Text("line"), MessageJson.WriteLine(MessageJson.ReadAttach(Line(vector))));
    }

    [Theory]
    [MemberData(nameof(Lenient))]
    public void What_may_differ_is_read_alike(string name)
    {
        var vector = Vectors.Messages.Named("lenient", name);
        var message = MessageJson.ReadControl(Line(vector));
        if (vector["means"] is null)
        {
            Assert.Null(message);
        }
        else
        {
            AssertSame(vector.Text("means"), MessageJson.WriteLine(message!));
        }
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void A_line_of_the_wrong_form_is_malformed(string name)
    {
        var vector = Vectors.Messages.Named("invalid", name);
        var line = Line(vector);
        var e = Assert.Throws<ProtocolException>(() => _ = vector.Text("as") switch
        {
            "greeting" => MessageJson.ReadGreeting(line).Videos.Count,
            "attach" => MessageJson.ReadAttach(line).Index,
            _ => MessageJson.ReadControl(line)?.GetHashCode(),
        });
        Assert.Equal(vector.Text("error"), e.Code.ToString().ToLowerInvariant());
    }

    [Theory]
    [MemberData(nameof(Implausible))]
    public void Numbers_beyond_reason_are_not_plausible(string name)
    {
        var message = MessageJson.ReadControl(Line(Vectors.Messages.Named("implausible", name)));
        Assert.True(message is Feedback { IsPlausible: false } or Select { IsPlausible: false } or Limits { IsPlausible: false });
    }

    [Fact]
    public void Damaged_lines_give_nothing_but_a_protocol_exception()
    {
        var lines = new[] { "control", "greetings", "attaches", "lenient", "invalid", "implausible" }
            .SelectMany(list => Vectors.Messages.List(list)).Select(Line).Where(line => line.Length > 0).ToList();
        for (var seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            var line = Damage(lines[random.Next(lines.Count)], lines[random.Next(lines.Count)], random);
            foreach (var read in new Func<byte[], object?>[] { l => MessageJson.ReadControl(l), l => MessageJson.ReadGreeting(l), l => MessageJson.ReadAttach(l) })
            {
                try
                {
                    read(line);
                }
                catch (ProtocolException)
                {
                    // What has to come.
                }
                catch (Exception e)
                {
                    Assert.Fail($"seed {seed}: {Encoding.UTF8.GetString(line)}\n{e}");
                }
            }
        }
    }

    private static byte[] Damage(byte[] line, byte[] other, Random random)
    {
        var bytes = line.ToList();
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var place = random.Next(bytes.Count);
            var count = Math.Min(random.Next(1, 12), bytes.Count - place);
            switch (random.Next(5))
            {
                case 0:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(place, count);
                    break;
                case 2:
                    bytes.InsertRange(place, bytes.GetRange(place, count));
                    break;
                case 3:
                    var from = random.Next(other.Length);
                    bytes.InsertRange(place, other[from..Math.Min(other.Length, from + 30)]);
                    break;
                default:
                    bytes[place] = (byte)"\"{}[],:-.0e\\u"[random.Next(13)];
                    break;
            }
        }

        return [.. bytes];
    }

    private static ControlMessage? Read(string name) => MessageJson.ReadControl(Line(Vectors.Messages.Named("control", name)));

    private static byte[] Line(JsonObject vector) => Encoding.UTF8.GetBytes(vector.Text("line"));

    private static void AssertSame(string expected, byte[] written)
    {
        var text = Encoding.UTF8.GetString(written);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text[..^1]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(text)), $"expected {expected}\nwritten  {text}");
    }
}
