using System.Text.Json.Nodes;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class DecisionRecordTests
{
    private static readonly RenditionSelectorOptions Odd = new() { Depth = 4, Discount = 1.0 / 3, Margin = TimeSpan.FromTicks(1_234_567), LeastGain = 0.1 + 0.2 };

    /// <summary>What a server writes down is read somewhere else, and there the same comes out to the last bit: choice, reason and all scores.</summary>
    [Fact]
    public void WhateverIsDecidedComesOutTheSameFromItsRecord()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < 2500; i++)
        {
            // One selector goes from look to look, as a viewer's does; its record knows nothing of the looks before.
            var selector = new RenditionSelector(i % 2 == 0 ? new RenditionSelectorOptions() : Odd, random.Next(5));
            for (var look = 0; look < 3; look++)
            {
                var taken = Decisions.Take(selector, Decisions.Any(random), TimeSpan.FromTicks(random.NextInt64(1L << 45)));
                var json = System.Text.Encoding.UTF8.GetString(DecisionJson.Write(taken.ToRecord()));
                Assert.True(DecisionJson.TryRead(json, out var record, out var fault), $"seed {seed}: {fault}: {json}");
                Assert.Equal(json, System.Text.Encoding.UTF8.GetString(DecisionJson.Write(record)));

                var again = record.Retake();

                Assert.True(taken.Decision is null || taken.Decision == again.Decision, $"seed {seed}: {taken.Decision}, then {again.Decision}");
                Assert.Equal((selector.Rung, taken.Before, taken.Decision is null), (again.Decision.Rung, again.Decision.Previous, record.IsPresent));
                Assert.Equal(record.Candidates, again.Candidates);
                var kind = KindOf(record);
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }
        }

        Assert.All((string[])["withdrawn", "rescue", "up", "down", "unknown", "within", "stays"], k => Assert.True(kinds.GetValueOrDefault(k) > 20, $"seed {seed}: {k} came {kinds.GetValueOrDefault(k)} times"));
    }

    [Fact]
    public void TheChoiceIsTheOneWithTheBestScore()
    {
        var random = new Random(5);
        for (var i = 0; i < 3000; i++)
        {
            var record = Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), random.Next(5)), Decisions.Any(random)).ToRecord();
            var scores = record.Candidates.Where(c => c.NotWeighed is null && (c.Value ?? c.Cost) is not null).Select(c => (c.Rung, Score: c.Value ?? -c.Cost!.Value)).ToList();
            if (record.Decision.Rung != record.Decision.Previous && scores.Count > 1)
            {
                Assert.Equal(record.Decision.Rung, scores.MaxBy(s => s.Score).Rung);
            }

            Assert.All(record.Candidates, c => Assert.False(c.NotWeighed is not null && (c.Value ?? c.Cost) is not null));
        }
    }

    [Fact]
    public void WhatIsNotOfferedSaysWhy()
    {
        string?[] withdrawn = [null, null, null, null, "this machine is too slow"];
        var record = Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), 2), Seen.Viewer(2, 50e6, lead: 4) with { Withdrawn = withdrawn }).ToRecord();

        Assert.Equal(3, record.Decision.Rung);
        Assert.Equal("this machine is too slow", record.Candidates[4].NotWeighed);
        Assert.All(record.Candidates.Take(4), c => Assert.NotNull(c.Value));
        Assert.Equal(["r0", "r1", "r2", "r3", "r4"], record.Candidates.Select(c => c.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void ThatChangesOfLateHoldBackAWayUpIsSaid()
    {
        var viewer = Seen.Viewer(1, 1.42e6, lead: 7);
        var input = viewer with { Link = viewer.Link with { Usual = 1.42e6, Deviation = 0.02 }, RecentChanges = 5 };
        var record = Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), 1), input).ToRecord();

        Assert.True(record.IsPresent);
        Assert.Contains("r2 would be worth", record.Decision.Reason, StringComparison.Ordinal);
        Assert.EndsWith("a change after those of late has to bring 5.03", record.Decision.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 4, "nothing is known of the link at present")]
    [InlineData(4e6, 3, "it is worth most; the next best is r")]
    [InlineData(50e6, 4, "it is worth most")]
    public void WhyItStaysIsSaid(double? bitsPerSecond, int rung, string says)
    {
        var record = Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), rung), Seen.Viewer(rung, bitsPerSecond, lead: 4)).ToRecord();

        Assert.True(record.IsPresent);
        Assert.Equal((rung, rung), (record.Decision.Rung, record.Decision.Previous));
        Assert.StartsWith(says, record.Decision.Reason, StringComparison.Ordinal);
    }

    /// <summary>Without room to play there are scores that no number stands for; they are told all the same.</summary>
    [Fact]
    public void NumbersThatJsonDoesNotHaveSurvive()
    {
        var input = Seen.Viewer(2, 5e6, lead: 0) with { IsAtLiveEdge = true, MaxBuffer = TimeSpan.Zero };
        var json = System.Text.Encoding.UTF8.GetString(DecisionJson.Write(Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), 2), input).ToRecord()));

        Assert.Contains("\"NaN\"", json, StringComparison.Ordinal);
        Assert.True(DecisionJson.TryRead(json, out var record, out _));
        Assert.Equal(record.Candidates, record.Retake().Candidates);
    }

    /// <summary>A copy must not share what is written anew with the next look; so it shares nothing.</summary>
    [Fact]
    public void WhatIsKeptIsACopy()
    {
        object input = Seen.Viewer(2, 5e6, lead: 2) with { Begun = Seen.Gops(1)[0], Withdrawn = [null, "a", "b", null, null] };
        object copy = ((SelectorInput)input).Copy();
        foreach (var property in typeof(SelectorInput).GetProperties().Where(p => !p.PropertyType.IsValueType && p.PropertyType != typeof(string)))
        {
            Assert.True(property.GetValue(input) is not null, $"{property.Name} is not looked at by this test");
            Assert.NotSame(property.GetValue(input), property.GetValue(copy));
        }

        ((SelectorInput)input).Begun!.Bytes[0] = 7;
        ((SelectorInput)input).Next[0].KeyframeBytes[0] = 7;
        Assert.NotEqual(7, ((SelectorInput)copy).Begun!.Bytes[0]);
        Assert.NotEqual(7, ((SelectorInput)copy).Next[0].KeyframeBytes[0]);
    }

    /// <summary>A property that is added to the input comes along by itself.</summary>
    [Fact]
    public void AllThatWasSeenIsInTheRecord()
    {
        var input = Seen.Viewer(2, 5e6, lead: 2) with { Begun = Seen.Gops(1)[0], Withdrawn = [null, "a", "b", null, null], Wanted = 3 };
        var json = JsonNode.Parse(DecisionJson.Write(Decisions.Take(new RenditionSelector(Odd, 2), input).ToRecord()))!;

        foreach (var (type, node) in ((Type, JsonNode)[])[(typeof(SelectorInput), json["input"]!), (typeof(RenditionSelectorOptions), json["options"]!), (typeof(GopOutlook), json["input"]!["begun"]!)])
        {
            var names = type.GetProperties().Where(p => p.GetIndexParameters().Length == 0).Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]);
            Assert.All(names, name => Assert.True(node.AsObject().ContainsKey(name), $"{type.Name}.{name} is not in the record"));
        }
    }

    [Fact]
    public void AKnobThatAnOlderRecordDoesNotHaveStandsAtItsDefault()
    {
        var json = JsonNode.Parse(DecisionJson.Write(Decisions.Take(new RenditionSelector(Odd, 2), Seen.Viewer(2, 5e6, lead: 2)).ToRecord()))!;
        json["options"]!.AsObject().Remove("changeCost");
        json["options"]!["aKnobOfALaterVersion"] = 3;

        Assert.True(DecisionJson.TryRead(json.ToJsonString(), out var record, out var fault), fault);
        Assert.Equal(Odd, record.Options);
    }

    [Theory]
    [InlineData("", "it is not JSON, or not all of it")]
    [InlineData("{\"atSeconds\":1,\"input\":{\"state\":\"pla", "it is not JSON, or not all of it")]
    [InlineData("null", "it is null")]
    [InlineData("[]", "it is no object of that form")]
    [InlineData("{}", "it is no object of that form")]
    [InlineData("atSeconds=\"soon\"", "atSeconds is not what it should be")]
    [InlineData("atSeconds=1e30", "atSeconds is not what it should be")]
    [InlineData("decision=null", "a part of it is missing")]
    [InlineData("decision.reason=null", "a part of it is missing")]
    [InlineData("decision.rung=5", "it names a rung that there is not")]
    [InlineData("decision.previous=-1", "it names a rung that there is not")]
    [InlineData("input.sent=99", "it names a rung that there is not")]
    [InlineData("input.state=\"dancing\"", "input.state is not what it should be")]
    [InlineData("input.state=1", "input.state is not what it should be")]
    [InlineData("input.next=null", "its GOPs do not agree with its rungs")]
    [InlineData("input.next=[null]", "its GOPs do not agree with its rungs")]
    [InlineData("input.begun={}", "its GOPs do not agree with its rungs")]
    [InlineData("input.rates=[]", "its rungs do not agree")]
    [InlineData("input.utilities=[1]", "its rungs do not agree")]
    [InlineData("input.withdrawn=[null]", "its rungs do not agree")]
    [InlineData("candidates=[]", "its rungs do not agree")]
    [InlineData("candidates=[null,null,null,null,null]", "its candidates are not the rungs")]
    [InlineData("session=\"\\ud800\"", "session is not what it should be")]
    public void WhatIsNoRecordIsRefusedInWords(string change, string says)
    {
        var parts = change.Split('=', 2);
        if (parts.Length == 2)
        {
            var json = JsonNode.Parse(DecisionJson.Write(Decisions.Take(new RenditionSelector(Odd, 2), Seen.Viewer(2, 5e6, lead: 2)).ToRecord()))!;
            var path = parts[0].Split('.');
            var parent = path[..^1].Aggregate(json, (node, name) => node[name]!);
            parent[path[^1]] = "PLACE";
            change = json.ToJsonString().Replace("\"PLACE\"", parts[1], StringComparison.Ordinal);
        }

        Assert.False(DecisionJson.TryRead(change, out _, out var fault));
        Assert.Equal(says, fault);
    }

    [Fact]
    public void ASelectorThatDoesNotSayWhatItWeighsHasCandidatesWithoutScores()
    {
        var taken = Decisions.Take(new RenditionSelector(Odd, 2), Seen.Viewer(2, 5e6, lead: 2) with { Withdrawn = [null, null, null, null, "slow"] }) with { Options = null };

        var record = taken.ToRecord();

        Assert.Equal([null, null, null, null, "slow"], record.Candidates.Select(c => c.NotWeighed), StringComparer.Ordinal);
        Assert.All(record.Candidates, c => Assert.Null(c.Value));
        Assert.Throws<InvalidOperationException>(record.Retake);
    }

    [Fact]
    public void ARingKeepsTheNewestAndNoMore()
    {
        var ring = new DecisionRing();
        for (var i = 0; i < 50; i++)
        {
            ring.Add(Decisions.Take(new RenditionSelector(Odd, 2), Seen.Viewer(2, 5e6, lead: 2), TimeSpan.FromSeconds(i)));
            Assert.Equal(Math.Min(i + 1, 16), ring.Kept.Count);
        }

        Assert.Equal(Enumerable.Range(34, 16), ring.Kept.Select(k => (int)k.At.TotalSeconds));
    }

    private static string KindOf(DecisionRecord record)
    {
        var isWithin = record.Input is { Begun: not null, IsAtLiveEdge: false };
        var change = record.Decision.Rung - record.Decision.Previous;
        return record.Input.Withdrawn?[record.Decision.Previous] is not null ? "withdrawn"
            : record.Input.Link.BitsPerSecond is null || record.Input.Next.Count == 0 ? "unknown"
            : isWithin ? (change == 0 ? "within" : "rescue")
            : change == 0 ? "stays" : change > 0 ? "up" : "down";
    }
}
