using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Traces;

public sealed class TraceFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-traces-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reads_whole_seconds()
    {
        var trace = TraceFile.Parse("traces/4g_tram_1.csv", ["seconds,kbps", "0,1000", "1,0", "2,3000.5"]);
        Assert.Equal(("4g_tram_1", "4g", 3, TimeSpan.FromSeconds(3)), (trace.Name, trace.Network, trace.Count, trace.Duration));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), 0), trace[1]);
        Assert.Equal(4000.5 / 3, trace.MeanKbps, 6);
    }

    [Fact]
    public void Reads_tenths_of_seconds_that_begin_anywhere_and_blank_lines()
    {
        var trace = TraceFile.Parse("x.csv", ["Seconds,KBPS", "17.0,100", "", "17.1, 200 ", "17.2,1e3", ""]);
        Assert.Equal((3, TimeSpan.FromSeconds(0.3)), (trace.Count, trace.Duration));
        Assert.Equal(150, trace.MeanBetween(TimeSpan.FromSeconds(0.05), TimeSpan.FromSeconds(0.15)), 6);
        Assert.Equal(1000, trace.MeanBetween(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6)), 6);
    }

    [Theory]
    [InlineData("x.csv:1: a trace begins with the line 'seconds,kbps'", "0,5")]
    [InlineData("x.csv:1: a trace begins with the line 'seconds,kbps'")]
    [InlineData("x.csv: there are no rows in it", "seconds,kbps")]
    [InlineData("x.csv:3: the seconds do not rise", "seconds,kbps", "1,5", "1,5")]
    [InlineData("x.csv:4: the seconds do not rise", "seconds,kbps", "1,5", "", "0.5,5")]
    [InlineData("x.csv:2: a row is two numbers, seconds,kbps", "seconds,kbps", "1,2,3")]
    [InlineData("x.csv:2: a row is two numbers, seconds,kbps", "seconds,kbps", "1;2")]
    [InlineData("x.csv:2: '-1' is not a number from 0 to 1000000000", "seconds,kbps", "0,-1")]
    [InlineData("x.csv:2: 'NaN' is not a number from 0 to 1000000000", "seconds,kbps", "0,NaN")]
    [InlineData("x.csv:2: 'Infinity' is not a number from 0 to 1000000000", "seconds,kbps", "0,Infinity")]
    [InlineData("x.csv:2: 'NaN' is not a number from 0 to 1000000000", "seconds,kbps", "NaN,5")]
    [InlineData("x.csv:3: 'much' is not a number from 0 to 1000000000", "seconds,kbps", "0,5", "1,much")]
    public void Says_what_is_wrong_and_where(string message, params string[] lines) =>
        Assert.Equal(message, Assert.Throws<SimulationException>(() => TraceFile.Parse("x.csv", lines)).Message);

    [Fact]
    public void Reads_a_folder_by_name()
    {
        File.WriteAllText(Path.Combine(_folder, "b_1.csv"), "seconds,kbps\n0,1\n");
        File.WriteAllText(Path.Combine(_folder, "a_1.csv"), "seconds,kbps\r\n0,1\r\n");
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "none");
        Assert.Equal(["a_1", "b_1"], TraceFile.ReadFolder(_folder).Select(t => t.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void Says_that_there_is_nothing_to_read()
    {
        Assert.Contains("there are no traces", Assert.Throws<SimulationException>(() => TraceFile.ReadFolder(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("no such folder", Assert.Throws<SimulationException>(() => TraceFile.ReadFolder(Path.Combine(_folder, "none"))).Message, StringComparison.Ordinal);
    }
}
