using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Client.Tests.Playout;

/// <summary>Makes units of a track with 10 pictures a GOP at 25 a second, or sound of 20 ms.</summary>
internal static class Units
{
    public const int Gop = 10;

    private static readonly VideoConfiguration VideoSetup =
        new() { Codec = "avc1.64001f", Setup = new byte[] { 1 }, Width = 16, Height = 16 };

    private static readonly AudioConfiguration AudioSetup =
        new() { Codec = "mp4a.40.2", Setup = new byte[] { 1 }, SampleRate = 48_000, Channels = 2 };

    public static ArrivedUnit Picture(int number, int turn = 0, int turnPictures = 1000, uint selection = 1, int bytes = 100) => new(
        new AccessUnit
        {
            Kind = TrackKind.Video,
            Sequence = (uint)number,
            Pts = At((turn * turnPictures) + number, 40),
            Dts = At((turn * turnPictures) + number, 40),
            Duration = TimeSpan.FromMilliseconds(40),
            IsKeyframe = number % Gop == 0,
            Payload = new byte[bytes],
        },
        VideoSetup)
    { Selection = selection, TurnStart = At(turn * turnPictures, 40), Rendition = 0 };

    public static ArrivedUnit Sound(int number, uint selection = 1) => new(
        new AccessUnit
        {
            Kind = TrackKind.Audio,
            Sequence = (uint)number,
            Pts = At(number, 20),
            Dts = At(number, 20),
            Duration = TimeSpan.FromMilliseconds(20),
            IsKeyframe = true,
            Payload = new byte[10],
        },
        AudioSetup)
    { Selection = selection, TurnStart = Timestamp.Zero, Rendition = 0 };

    public static Timestamp At(long number, int milliseconds) => new(number * milliseconds * 1000);

    public static Timestamp Ms(double milliseconds) => Timestamp.FromSeconds(milliseconds / 1000);
}
