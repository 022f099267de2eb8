using System.Text;
using KnSock.Protocol;
using KnSock.Server.Endpoints.Native;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Loops;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>Lines over a real socket of which either side does what it likes.</summary>
public sealed class ControlConnectionTests : IDisposable
{
    private readonly SocketPair _pair = new();
    private readonly Lines _heard = [];
    private readonly byte[] _scratch = new byte[16 * 1024];
    private readonly ControlConnection _control;

    public ControlConnectionTests() => _control = new ControlConnection(_pair.Ours);

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task ALineMayBeSplitAnywhere()
    {
        var text = "{\"a\":1}\r\n\n{\"b\":\"é\"}\nx\r\r\n\r\n" + new string('y', 300) + "\n";
        string[] lines = ["{\"a\":1}", "", "{\"b\":\"é\"}", "x\r", "", new string('y', 300)];
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        for (var split = 0; split <= bytes.Length; split++)
        {
            _heard.Clear();
            await ReceiveAsync(bytes[..split]);
            await ReceiveAsync(bytes[split..]);
            Assert.True(lines.SequenceEqual(_heard, StringComparer.Ordinal), $"split at {split}: {string.Join('|', _heard)}");
        }

        _heard.Clear();
        foreach (var b in bytes)
        {
            await ReceiveAsync([b]);
        }

        Assert.Equal(lines, _heard.ToArray());
    }

    [Theory]
    [InlineData("\n", 0, false)]
    [InlineData("\r\n", 0, false)]
    [InlineData("\n", 1, true)]
    [InlineData("\r\n", 1, true)]
    public async Task ALineMayBeSoLongAndNoLonger(string end, int over, bool isRefused)
    {
        foreach (var piece in (int[])[1, 7, 4000, 4095, 4096, 4097, 100_000])
        {
            using var pair = new SocketPair();
            var control = new ControlConnection(pair.Ours);
            var heard = new Lines();
            var bytes = System.Text.Encoding.ASCII.GetBytes(new string('x', ProtocolLimits.MaxClientLine + over) + end);
            var isThrown = false;
            foreach (var chunk in bytes.Chunk(piece == 1 ? 512 : piece).SelectMany(c => piece == 1 && c.Length < 512 ? c.Chunk(1) : [c]))
            {
                try
                {
                    await ReceiveAsync(chunk, pair, control, heard);
                }
                catch (ProtocolException e)
                {
                    Assert.Equal(ProtocolErrorCode.TooLong, e.Code);
                    isThrown = true;
                    break;
                }
            }

            Assert.Equal(isRefused, isThrown);
            Assert.Equal(isRefused ? 0 : 1, heard.Count);
        }
    }

    [Fact]
    public async Task ALineThatGoesOnForEverIsRefusedBeforeItEnds()
    {
        await ReceiveAsync(new byte[4000]);
        await Assert.ThrowsAsync<ProtocolException>(() => ReceiveAsync(new byte[98]));
    }

    [Fact]
    public async Task ItsEndIsTold()
    {
        Assert.True(_control.Receive(_scratch, _heard));
        _pair.Theirs.Send("last\n"u8);
        _pair.Theirs.Dispose();

        await Eventually.TrueAsync(() => !_control.Receive(_scratch, _heard));

        Assert.Equal(["last"], _heard);
    }

    [Fact]
    public async Task WhatIsNotReadIsKeptAndComesLaterInOrder()
    {
        var line = 0;
        var sent = new StringBuilder();
        while (!_control.IsBlocked || sent.Length < 200_000)
        {
            var text = $"{line++} {new string('z', 150)}\n";
            sent.Append(text);
            Assert.True(_control.Send(System.Text.Encoding.ASCII.GetBytes(text)));
            Assert.InRange(sent.Length, 0, 50_000_000);
        }

        Assert.Equal(sent.ToString(), System.Text.Encoding.ASCII.GetString(await TakeAsync(sent.Length)));
        Assert.False(_control.IsBlocked);
    }

    [Fact]
    public void WhoReadsNothingIsKeptNoMoreThanSoMuch()
    {
        _pair.Fill();
        var kept = 0;
        while (_control.Send(new byte[1000]))
        {
            kept += 1000;
            Assert.InRange(kept, 0, 300_000);
        }

        Assert.InRange(kept, 200_000, 300_000);
    }

    /// <summary>The protocol allows lines of a megabyte: a catalog of many channels is no sign that nobody reads.</summary>
    [Fact]
    public async Task ALineOfTheLargestSizeIsSentHoweverLittleGoesOutAtOnce()
    {
        var line = new byte[ProtocolLimits.MaxServerLine + 1];
        new Random(1).NextBytes(line);

        Assert.True(_control.Send(line));
        Assert.True(_control.IsBlocked);

        Assert.Equal(line, await TakeAsync(line.Length));
    }

    [Fact]
    public void ABrokenConnectionIsAnInputOutputFault()
    {
        _pair.Reset();
        Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                _control.Send(new byte[1000]);
                Thread.Sleep(1);
            }
        });
    }

    private async Task<byte[]> TakeAsync(int count)
    {
        var taking = Task.Run(() => _pair.Take(count));
        await Eventually.TrueAsync(() =>
        {
            _control.SendWaiting();
            return taking.IsCompleted;
        });
        return await taking;
    }

    private Task ReceiveAsync(byte[] bytes) => ReceiveAsync(bytes, _pair, _control, _heard);

    /// <summary>Has these bytes received in one piece.</summary>
    private async Task ReceiveAsync(byte[] bytes, SocketPair pair, ControlConnection control, Lines heard)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        pair.Theirs.Send(bytes);
        await Eventually.TrueAsync(() => pair.Ours.Available == bytes.Length);
        for (var left = bytes.Length; left > 0; left -= Math.Min(left, _scratch.Length))
        {
            Assert.True(control.Receive(_scratch, heard));
        }
    }

    private sealed class Lines : List<string>, IMessageListener
    {
        public void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind) => Add(System.Text.Encoding.UTF8.GetString(line));
    }
}
