using KnSock.Server.Adaptation;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Adaptation;

public sealed class DecisionLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EachLineIsADecisionThatCanBeTakenAgainAndThoseOfBeforeAreKept()
    {
        var path = Path.Combine(_folder, "decisions.jsonl");
        var random = new Random(3);
        List<TakenDecision> taken = [.. Enumerable.Range(0, 40).Select(i => Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), 2), Decisions.Any(random), TimeSpan.FromSeconds(i)))];
        foreach (var part in taken.Chunk(20))
        {
            await using var log = new DecisionLog(path, NullLogger.Instance);
            Array.ForEach(part, log.Add);
        }

        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(40, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            Assert.True(DecisionJson.TryRead(lines[i], out var record, out var fault), fault);
            Assert.Equal((TimeSpan.FromSeconds(i), "v1", "a.mp4"), (record.At, record.Session, record.Channel));
            Assert.Equal(record.Decision, record.Retake().Decision);
            Assert.Equal(record.Candidates, record.Retake().Candidates);
        }
    }
}
