using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>How the sound changes over to the low rate and back.</summary>
public sealed class SoundSteeringTests
{
    private readonly SoundChoice _choice = new(new SoundChoiceOptions());

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void TheRateChangesWithAGopAndNothingElseDoes(double maxBuffer)
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7.3), lowSound: LowSound.Filled);
        var viewing = sender.Begin(from: maxBuffer == 0 ? StartPoint.Live : StartPoint.Beginning, maxBuffer: maxBuffer, sound: _choice);
        Play(sender, viewing, 3.5);
        Assert.Empty(sender.SoundNotices);
        See(_choice, 180_000, sender.Clock.Elapsed);
        Play(sender, viewing, 9.5);
        See(_choice, 900_000, sender.Clock.Elapsed + TimeSpan.FromSeconds(20));
        Play(sender, viewing, 20);

        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
        var sound = sender.Connection.Frames.Where(f => f.Header.Flags.HasFlag(FrameFlags.Audio)).Select(f => f.Header).ToList();
        Assert.Single(sound, h => h.Flags.HasFlag(FrameFlags.Discontinuity));
        Assert.Single(sound, h => h.Kind == FrameKind.Configuration);
        Assert.All(sound, h => Assert.Equal(0, h.Rendition));
        var units = sound.Where(h => h.Kind == FrameKind.AccessUnit).ToList();
        var perTurn = (uint)sender.Timeline.FirstAudioUnit(sender.Timeline.GopCount);
        Assert.All(units.Zip(units.Skip(1)), pair => Assert.Equal((pair.First.Sequence + 1) % perTurn, pair.Second.Sequence));
        // The payload tells which it is.
        var changes = units.Zip(units.Skip(1)).Where(p => p.First.Length != p.Second.Length).Select(p => p.Second).ToList();
        Assert.Equal([1, 3], changes.Select(c => (int)c.Length));
        var starts = Enumerable.Range(0, sender.Timeline.GopCount).Select(g => (uint)sender.Timeline.FirstAudioUnit(g)).ToHashSet();
        Assert.All(changes, c => Assert.Contains(c.Sequence, starts));
        Assert.Equal([24_000, 96_000], sender.SoundNotices.Select(n => n.BitsPerSecond));
        Assert.Equal(changes.Select(c => c.Pts.TotalSeconds), sender.SoundNotices.Select(n => n.AtSeconds % 7.3), (expected, actual) => Math.Abs(expected - actual) < 0.03);
    }

    /// <summary>It is encoded when somebody needs it, and nobody waits for that with the usual sound at hand.</summary>
    [Fact]
    public void UntilTheLowSoundIsThereTheUsualGoesOn()
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 20), lowSound: LowSound.Missing);
        var (viewing, low) = (sender.Begin(sound: _choice), sender.Channel.LowAudioTrack!);
        Play(sender, viewing, 2);
        Assert.False(low.IsRead || low.Readers.Ever);
        See(_choice, 180_000, sender.Clock.Elapsed);
        Play(sender, viewing, 6);
        Assert.True(low.IsRead);
        Assert.Empty(sender.SoundNotices);
        for (var gop = 10; gop < sender.Timeline.GopCount; gop++)
        {
            FilledChannel.Fill(low, gop);
        }

        Play(sender, viewing, 12);
        Assert.Equal((24_000, 10), (Assert.Single(sender.SoundNotices).BitsPerSecond, Math.Round(sender.SoundNotices[0].AtSeconds)));
        Assert.False(sender.Channel.AudioTrack.IsRead);
        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
    }

    [Fact]
    public void WhatCannotBeEncodedIsNotWaitedFor()
    {
        See(_choice, 180_000, TimeSpan.Zero);
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 20), lowSound: LowSound.Missing);
        var viewing = sender.Begin(sound: _choice);
        Play(sender, viewing, 1);
        Assert.DoesNotContain(sender.Connection.Units, u => u.Header.Flags.HasFlag(FrameFlags.Audio));
        Assert.Equal(24_000, Assert.Single(sender.SoundNotices).BitsPerSecond);

        sender.Channel.LowAudioTrack!.SetFault("it cannot be encoded");
        Play(sender, viewing, 3);
        Assert.Null(sender.Media.TakeFault());
        Assert.Equal(96_000, sender.SoundNotices[^1].BitsPerSecond);
        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
    }

    /// <summary>Has it see a link for ten seconds and more, enough to decide.</summary>
    internal static void See(SoundChoice choice, double rate, TimeSpan from)
    {
        for (var i = 0; i < 110; i++)
        {
            choice.Update(new SoundInput(IsAboveLowest: false, new LinkEstimate(rate, IsCapacity: true, TimeSpan.FromSeconds(1)), 291_000), from + TimeSpan.FromSeconds(i / 10.0));
        }
    }

    private static void Play(DrivenSender sender, Viewing viewing, double until)
    {
        while (sender.Clock.Elapsed < TimeSpan.FromSeconds(until))
        {
            sender.Report(viewing, Math.Max(0, sender.Clock.Elapsed.TotalSeconds - 0.2));
            sender.Run(sender.Clock.Elapsed.TotalSeconds + 0.1);
        }
    }
}
