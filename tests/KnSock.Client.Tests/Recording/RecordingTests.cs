using System.Buffers;
using System.Globalization;
using KnSock.Client.Playout;
using KnSock.Client.Recording;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Media.Tests;
using KnSock.Protocol.Messages;
using KnSock.Testing;

namespace KnSock.Client.Tests.Recording;

/// <summary>Recordings of real H.264 and AAC, judged by ffmpeg.</summary>
public sealed class RecordingTests
{
    private static readonly Lazy<(VideoConfiguration Setup, AccessUnit[] Units)> Large = new(() => Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video));
    private static readonly Lazy<(VideoConfiguration Setup, AccessUnit[] Units)> Small = new(() => Read<VideoConfiguration>(Ffmpeg.SmallVideo, TrackKind.Video));
    private static readonly Lazy<(AudioConfiguration Setup, AccessUnit[] Units)> Sound = new(() => Read<AudioConfiguration>(Ffmpeg.Audio, TrackKind.Audio));

    private readonly ManualTimeProvider _time = new();

    /// <summary>With B-frames the first picture of the sample stands a little after zero; sound before it is left out.</summary>
    private static int SoundFromFirstPictureOn => Sound.Value.Units.Count(u => u.Pts >= Large.Value.Units[0].Pts);

    [Fact]
    public async Task All_pictures_and_sound_are_in_the_file_from_zero_on()
    {
        var playback = new RecordedPlayback(_time);
        playback.Add(Large.Value.Units, Large.Value.Setup, selection: 1, shift: 100);
        playback.Add(Sound.Value.Units, Sound.Value.Setup, selection: 1, shift: 100);

        var file = await RecordAsync(playback, from: 100, to: 104);

        Assert.Equal(90, Ffmpeg.Decode(file, "-map 0:v").Length);
        Assert.Equal(SoundFromFirstPictureOn, Ffmpeg.Decode(file, "-map 0:a").Length);
        var start = Ffmpeg.Probe("-show_entries stream=start_time -of csv=p=0", file);
        Assert.All(start, s => Assert.InRange(double.Parse(s.TrimEnd(','), CultureInfo.InvariantCulture), 0, 0.11));
        Assert.Equal(90, playback.Presented);
    }

    [Fact]
    public async Task A_change_of_rung_and_of_channel_goes_on_in_the_same_file()
    {
        var playback = new RecordedPlayback(_time);
        playback.Add(Large.Value.Units[..60], Large.Value.Setup, selection: 1, shift: 10);
        playback.Add(Small.Value.Units[60..], Small.Value.Setup, selection: 1, shift: 10);
        playback.Add(Sound.Value.Units, Sound.Value.Setup, selection: 1, shift: 10);
        playback.Then(() =>
        {
            playback.Add(Small.Value.Units, Small.Value.Setup, selection: 2, shift: 5);
            playback.Add(Sound.Value.Units, Sound.Value.Setup, selection: 2, shift: 5);
        });

        var file = await RecordAsync(playback, from: 10, to: 14, thenFrom: 5, thenTo: 9);

        Assert.Equal(180, Ffmpeg.Decode(file, "-map 0:v").Length);
        Assert.Equal(2 * SoundFromFirstPictureOn, Ffmpeg.Decode(file, "-map 0:a").Length);
        var last = Ffmpeg.Probe("-select_streams v -show_entries packet=pts_time -of csv=p=0", file)
            .Max(s => double.Parse(s.TrimEnd(','), CultureInfo.InvariantCulture));
        Assert.InRange(last, 5.9, 6.15);
        Assert.Empty(playback.Errors);
    }

    [Fact]
    public async Task A_gop_that_is_begun_again_in_another_rung_is_not_recorded_twice()
    {
        var playback = new RecordedPlayback(_time);
        playback.Add(Large.Value.Units[..45], Large.Value.Setup, selection: 1, shift: 0);
        playback.Add(Small.Value.Units[30..], Small.Value.Setup, selection: 1, shift: 0);
        playback.Add(Sound.Value.Units, Sound.Value.Setup, selection: 1, shift: 0);

        var file = await RecordAsync(playback, from: 0, to: 4);

        Assert.Equal(45 + 30, Ffmpeg.Decode(file, "-map 0:v").Length);
        Assert.Empty(playback.Errors);
    }

    [Fact]
    public async Task What_is_not_due_is_not_recorded_and_what_lies_before_a_keyframe_neither()
    {
        var playback = new RecordedPlayback(_time);
        playback.Add(Large.Value.Units[20..], Large.Value.Setup, selection: 1, shift: 0);
        playback.Add(Sound.Value.Units, Sound.Value.Setup, selection: 1, shift: 0);

        var file = await RecordAsync(playback, from: 0, to: 2);

        var pictures = Ffmpeg.Decode(file, "-map 0:v").Length;
        Assert.InRange(pictures, 27, 32);
    }

    private async Task<byte[]> RecordAsync(RecordedPlayback playback, double from, double to, double thenFrom = 0, double thenTo = 0)
    {
        var path = Path.Combine(Path.GetTempPath(), $"knsock-{Guid.NewGuid():N}.mp4");
        using var stop = new CancellationTokenSource();
        try
        {
            var recording = new Mp4RecordingSink(path).RunAsync(playback, stop.Token);
            await PlayAsync(playback, from, to, recording);
            if (thenTo > 0)
            {
                playback.ChangeSelection();
                await PlayAsync(playback, thenFrom, thenTo, recording);
            }

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => recording);
            return await File.ReadAllBytesAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task PlayAsync(RecordedPlayback playback, double from, double to, Task recording)
    {
        for (var at = from; at <= to && !recording.IsCompleted; at += 0.1)
        {
            playback.Position = Timestamp.FromSeconds(at);
            var looks = playback.Looks;
            while (playback.Looks < looks + 4 && !recording.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Yield();
            }
        }
    }

    private static (T Setup, AccessUnit[] Units) Read<T>(byte[] file, TrackKind kind)
        where T : DecoderConfiguration
    {
        var reader = new Fmp4Reader();
        var buffer = new ReadOnlySequence<byte>(file);
        var units = new List<AccessUnit>();
        while (reader.TryRead(ref buffer, out var sample))
        {
            var dts = Timestamp.FromUnits(sample.Dts, reader.Timescale);
            units.Add(new AccessUnit
            {
                Kind = kind,
                Sequence = (uint)units.Count,
                Pts = Timestamp.FromUnits(sample.Pts, reader.Timescale),
                Dts = dts,
                Duration = Timestamp.FromUnits(sample.Dts + sample.Duration, reader.Timescale) - dts,
                IsKeyframe = sample.IsKeyframe || kind == TrackKind.Audio,
                Payload = sample.Payload.ToArray(),
            });
        }

        return ((T)reader.Configuration!, [.. units]);
    }

    private sealed class RecordedPlayback(TimeProvider provider) : IPlayback
    {
        private readonly Dictionary<TrackKind, Queue<QueuedUnit>> _units =
            new() { [TrackKind.Video] = new(), [TrackKind.Audio] = new() };

        private Action _then = () => { };
        private uint _selection = 1;

        public int Looks { get; private set; }

        public int Presented { get; private set; }

        public List<string> Errors { get; } = [];

        public TimeProvider Time => provider;

        public IReadOnlyList<ChannelInfo> Channels => throw new NotSupportedException();

        public ChannelInfo Channel => throw new NotSupportedException();

        /// <summary>Looked at once a track in each round of the sink.</summary>
        public uint Selection
        {
            get
            {
                Looks++;
                return _selection;
            }
        }

        public double VideoFps => 30;

        public bool Paused { get; set; }

        public PlaybackStatistics Statistics => throw new NotSupportedException();

        public Timestamp? Position { get; set; }

        public void Add(AccessUnit[] units, DecoderConfiguration setup, uint selection, double shift)
        {
            foreach (var unit in units)
            {
                var by = TimeSpan.FromSeconds(shift);
                _units[unit.Kind].Enqueue(new QueuedUnit(unit with { Pts = unit.Pts + by, Dts = unit.Dts + by }, setup, false) { Selection = selection });
            }
        }

        public void Then(Action then) => _then = then;

        public void ChangeSelection()
        {
            Position = null;
            _selection++;
            _then();
        }

        public bool TryTake(TrackKind track, out QueuedUnit unit)
        {
            return _units[track].TryDequeue(out unit);
        }

        public ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Timestamp? StandsAt => Position;

        public bool CanSeek => false;

        public Task SeekAsync(Timestamp position, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void ReportReady(uint selection) => throw new NotSupportedException();

        public void ReportAudioPosition(Timestamp position) => throw new NotSupportedException();

        public void ReportPicture(PictureOutcome outcome, Timestamp pts) => Presented += outcome == PictureOutcome.Presented ? 1 : 0;

        public void ReportDecodeTime(TimeSpan time) => throw new NotSupportedException();

        public void ReportAudioPlayed(TimeSpan duration)
        {
        }

        public void ReportError(string message) => Errors.Add(message);
    }
}
