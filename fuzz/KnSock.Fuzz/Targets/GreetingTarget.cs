using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fuzz.Targets;

/// <summary>The first lines of both sides.</summary>
internal sealed class GreetingTarget : FuzzTarget
{
    public override string Name => "greeting";

    public override bool IsText => true;

    public override IEnumerable<byte[]> Seeds() => Vectors.Lines("greetings", "attaches", "invalid", "lenient");

    public override bool IsExpected(Exception exception) => exception is ProtocolException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var line = pieces[0].Span;
        try
        {
            var attach = MessageJson.ReadAttach(line);
            result.Add(MessageJson.WriteLine(attach));
        }
        catch (ProtocolException e)
        {
            result.Add((long)e.Code);
        }

        var greeting = MessageJson.ReadGreeting(line);
        FuzzException.Unless(greeting.Videos.All(v => v is not null), "a greeting has a null in it");
        result.Add(MessageJson.WriteLine(greeting));
    }
}
