using System.Text;
using KnSock.Fuzz.Engine;
using KnSock.Simulation;
using KnSock.Simulation.Traces;

namespace KnSock.Fuzz.Targets;

/// <summary>Traces of links out of CSV files.</summary>
internal sealed class TraceTarget : FuzzTarget
{
    public override string Name => "trace";

    public override bool IsText => true;

    public override IEnumerable<byte[]> Seeds() => ["seconds,kbps\n0,1000\n0.5,2000\n1,0\n3,12.5\n"u8.ToArray(), "SECONDS,KBPS\r\n100,5\r\n\r\n101,6\r\n"u8.ToArray()];

    public override bool IsExpected(Exception exception) => exception is SimulationException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var trace = TraceFile.Parse("/traces/3g_one.csv", Encoding.UTF8.GetString(pieces[0].Span).Split('\n'));
        FuzzException.Unless(trace.Duration > TimeSpan.Zero && double.IsFinite(trace.MeanKbps) && trace.MeanKbps >= 0, "a trace has no length or an impossible mean");
        for (var i = 0; i < trace.Count; i++)
        {
            FuzzException.Unless(trace[i].To > trace[i].From && trace.IndexAt(trace[i].From) == i, "an interval has no length");
        }

        result.Add(trace.Count);
    }
}
