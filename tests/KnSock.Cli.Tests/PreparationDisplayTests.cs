using KnSock.Cli.Output;
using KnSock.Server;
using KnSock.Testing;

namespace KnSock.Cli.Tests;

/// <summary>The progress of a preparation, for people and for logs.</summary>
public sealed class PreparationDisplayTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void Tells_percent_speed_and_time_left_of_what_moves()
    {
        var display = new PreparationDisplay(new Terminal(TextWriter.Null, _error), _time);
        display.Show([At("720p", 0), At("480p", 0)]);
        _time.Advance(TimeSpan.FromSeconds(10));
        display.Show([At("720p", 30), At("480p", 0)]);
        _time.Advance(TimeSpan.FromSeconds(10));
        display.Show([At("720p", 50), At("480p", 0)]);

        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // 30 of 60 s in 10 s, and 50 in 20.
        Assert.Equal(2, lines.Length);
        Assert.Equal("a.mp4 720p       50 %  3.0 x real time, 0:10 left", lines[0].Trim());
        Assert.Equal("a.mp4 720p       83 %  2.5 x real time, 0:04 left", lines[1].Trim());
    }

    [Fact]
    public void A_terminal_gets_its_lines_drawn_over()
    {
        var display = new PreparationDisplay(new Terminal(TextWriter.Null, _error) { ErrorIsTerminal = true }, _time);
        display.Show([At("720p", 15), At("480p", 60)]);
        display.Show([At("720p", 30), At("480p", 60)]);

        var text = _error.ToString();
        Assert.Contains("\u001b[2A", text, StringComparison.Ordinal);
        Assert.Contains("[============            ]  50 %", text, StringComparison.Ordinal);
        Assert.Contains("[========================] 100 %", text, StringComparison.Ordinal);
    }

    private static PreparedRendition At(string name, int gops) =>
        new() { Video = "a.mp4", Name = name, Duration = TimeSpan.FromSeconds(60), GopCount = 60, StoredGops = gops };
}
