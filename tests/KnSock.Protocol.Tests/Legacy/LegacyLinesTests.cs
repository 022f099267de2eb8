using KnSock.Protocol.Legacy;

namespace KnSock.Protocol.Tests.Legacy;

/// <summary>What kn-sock's clients say, damaged. The golden vectors have the rest.</summary>
public sealed class LegacyLinesTests
{
    [Fact]
    public void RandomBytesGiveNothingAndThrowNothing()
    {
        var random = new Random(20261130);
        for (var i = 0; i < 20_000; i++)
        {
            var line = "{\"index\": 1, \"buffer_level\": 0.25}"u8.ToArray();
            for (var hit = random.Next(1, 4); hit > 0; hit--)
            {
                line[random.Next(line.Length)] = (byte)random.Next(256);
            }

            LegacySelection.TryRead(line, out var index);
            Assert.True(index >= 0);
            if (LegacyFeedback.TryRead(line, out var level))
            {
                Assert.InRange(level, 0, 3600);
            }
        }
    }
}
