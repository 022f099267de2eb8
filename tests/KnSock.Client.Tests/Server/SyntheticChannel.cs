using System.Buffers.Binary;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Server;

/// <summary>A channel made of units that no decoder knows: a picture's payload is its number, its rung and filling.</summary>
internal sealed class SyntheticChannel
{
    private static readonly TimeSpan AudioUnit = TimeSpan.FromTicks(1024 * TimeSpan.TicksPerSecond / 48_000);

    public SyntheticChannel(int index, string name, double frameRate = 30, int seconds = 4, int rungs = 2, int pictureBytes = 300)
    {
        var frames = (int)(frameRate * seconds);
        Length = TimeSpan.FromSeconds(frames / frameRate);
        Info = new ChannelInfo
        {
            Index = index,
            Name = name,
            Title = name,
            DurationSeconds = Length.TotalSeconds,
            Width = 64,
            Height = 36,
            FrameRate = frameRate,
            HasAudio = true,
            Renditions = [.. Enumerable.Range(0, rungs).Select(r => new RenditionInfo { Index = r, Name = $"{r + 1}8p", Width = 64, Height = 36, BitsPerSecond = 100_000 })],
        };
        Rungs = [.. Enumerable.Range(0, rungs).Select(r => Pictures(frames, frameRate, r, pictureBytes))];
        Sound = SoundUnits();
    }

    public ChannelInfo Info { get; }

    public TimeSpan Length { get; }

    public IReadOnlyList<AccessUnit[]> Rungs { get; }

    public AccessUnit[] Sound { get; }

    public static VideoConfiguration VideoSetup(int rung) =>
        new() { Codec = "avc1.64001f", Setup = new byte[] { 1, 2, 3, (byte)rung }, Width = 64 + (2 * rung), Height = 36 };

    public static AudioConfiguration AudioSetup { get; } =
        new() { Codec = "mp4a.40.2", Setup = new byte[] { 0x11, 0x90 }, SampleRate = 48_000, Channels = 2 };

    private static AccessUnit[] Pictures(int count, double frameRate, int rung, int pictureBytes)
    {
        var units = new AccessUnit[count];
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[pictureBytes + (200 * rung)];
            BinaryPrimitives.WriteInt32BigEndian(payload, i);
            payload[4] = (byte)rung;
            var pts = Timestamp.FromSeconds(i / frameRate);
            units[i] = new AccessUnit
            {
                Kind = TrackKind.Video,
                Sequence = (uint)i,
                Pts = pts,
                Dts = pts,
                Duration = Timestamp.FromSeconds((i + 1) / frameRate) - pts,
                IsKeyframe = i % (int)Math.Round(frameRate) == 0,
                Payload = payload,
            };
        }

        return units;
    }

    private AccessUnit[] SoundUnits()
    {
        var units = new List<AccessUnit>();
        for (var at = TimeSpan.Zero; at < Length; at = Timestamp.FromUnits(units.Count * 1024L, 48_000).SinceZero)
        {
            var left = Length - at;
            units.Add(new AccessUnit
            {
                Kind = TrackKind.Audio,
                Sequence = (uint)units.Count,
                Pts = Timestamp.FromTimeSpan(at),
                Dts = Timestamp.FromTimeSpan(at),
                Duration = left < AudioUnit ? left : AudioUnit,
                IsKeyframe = true,
                Payload = new byte[100],
            });
        }

        return [.. units];
    }
}
