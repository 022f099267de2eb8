using KnSock.Server.Channels;
using KnSock.Server.Encoding;
using KnSock.Server.Tests.Endpoints.Legacy;
using KnSock.Server.Tests.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Channels;

/// <summary>What gives when the watched rungs are too much for the machine: presets first, then the highest rung, never the lowest.</summary>
public sealed class EncodingSupervisorTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new(seconds: 1000);
    private readonly EncodingSupervisor _supervisor;

    public EncodingSupervisorTests() => _supervisor = new EncodingSupervisor(_channel.Clock, NullLogger.Instance);

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public void FasterPresetsComeFirstThenTheHighestRungGoesAndAllComesBack()
    {
        using var low = _channel.Low.OpenReader(0);
        using var high = _channel.High.OpenReader(0);
        var steps = new List<(string Preset, int Highest)>();
        Pass(seconds: 60, speed: 0.6, steps);

        Assert.Equal([("veryfast", 1), ("superfast", 1), ("ultrafast", 1), ("ultrafast", 0)], steps.Distinct());
        Assert.Contains("cannot encode it in time", _channel.Channel.Info.Renditions[1].Withdrawn, StringComparison.Ordinal);
        Assert.Null(_channel.Channel.Info.Renditions[0].Withdrawn);

        steps.Clear();
        Pass(seconds: 600, speed: 4, steps);
        Assert.Equal([("ultrafast", 0), ("ultrafast", 1), ("superfast", 1), ("veryfast", 1)], steps.Distinct());
        Assert.All(_channel.Channel.Info.Renditions, r => Assert.Null(r.Withdrawn));
    }

    [Fact]
    public async Task PicturesForKnSocksClientsPressAsWellAndGoFromTheLargest()
    {
        var legacy = FilledLegacy.Create(Make.Fps(30), 5, isFilled: false);
        await using var channel = new FakeChannel(seconds: 1000, legacy: legacy);
        var supervisor = new EncodingSupervisor(channel.Clock, NullLogger.Instance);
        using var watched = legacy.Pictures[1].OpenReader(0);
        for (var second = 0; second < 60; second++)
        {
            channel.Time.Advance(TimeSpan.FromSeconds(1));
            legacy.Pictures[1].EncodingSpeed = (0.6, channel.Clock.Elapsed);
            supervisor.Look([channel.Channel]);
        }

        Assert.Equal("ultrafast", supervisor.Preset);
        Assert.Equal("this machine cannot encode it in time at present", legacy.Rungs.Withdrawn?[1]);
        Assert.Null(channel.Channel.Withdrawn);
        Assert.All(channel.Channel.Info.Renditions, r => Assert.Null(r.Withdrawn));
    }

    [Fact]
    public void WhatNobodyWatchesDoesNotPress()
    {
        var steps = new List<(string Preset, int Highest)>();
        Pass(seconds: 60, speed: 0.6, steps);

        Assert.Equal([("veryfast", 1)], steps.Distinct());
    }

    [Fact]
    public void TheLowestRungStaysWhateverTheMachine()
    {
        using var low = _channel.Low.OpenReader(0);
        var steps = new List<(string Preset, int Highest)>();
        Pass(seconds: 120, speed: 0.2, steps);

        Assert.Equal(("ultrafast", 1), steps[^1]);
    }

    [Fact]
    public async Task AChannelThatGoesTakesWhatWasWithdrawnOfItAlong()
    {
        await using var other = new FakeChannel(seconds: 1000);
        using var low = _channel.Low.OpenReader(0);
        using var high = _channel.High.OpenReader(0);
        var steps = new List<(string Preset, int Highest)>();
        Pass(seconds: 60, speed: 0.6, steps);
        Assert.Equal(("ultrafast", 0), steps[^1]);

        _channel.Channel.End();
        _supervisor.Look([other.Channel]);
        Assert.Equal("ultrafast", _supervisor.Preset);
        // One step of a minute later the presets come back: none of it goes into offering what is gone.
        for (var second = 0; second < 70; second++)
        {
            _channel.Time.Advance(TimeSpan.FromSeconds(1));
            _supervisor.Look([other.Channel]);
        }

        Assert.Equal("superfast", _supervisor.Preset);
    }

    [Fact]
    public async Task AnEncoderThatIsWaitedForTellsItsSpeed()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 100));
        fed.Encoder.BeforeUnit = (_, _) => fed.Time.Advance(TimeSpan.FromMilliseconds(50));
        using var reader = fed.Track.OpenReader(0);

        await fed.HasAsync(FedTrack.Lead);

        Assert.InRange(fed.Track.EncodingSpeed!.Value.Speed, 0.6, 0.7);
    }

    private void Pass(int seconds, double speed, List<(string Preset, int Highest)> steps)
    {
        for (var second = 0; second < seconds; second++)
        {
            _channel.Time.Advance(TimeSpan.FromSeconds(1));
            foreach (var track in _channel.Channel.VideoTracks)
            {
                track.EncodingSpeed = (speed, _channel.Clock.Elapsed);
            }

            _supervisor.Look([_channel.Channel]);
            steps.Add((_supervisor.Preset, _channel.Channel.Withdrawn?[1] is null ? 1 : 0));
        }
    }
}
