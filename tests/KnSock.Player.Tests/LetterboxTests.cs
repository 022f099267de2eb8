using KnSock.Player.Display;

namespace KnSock.Player.Tests;

public sealed class LetterboxTests
{
    [Theory]
    [InlineData(1920, 1080, 1280, 720, 0, 0, 1280, 720)]
    [InlineData(1920, 1080, 1000, 1000, 0, 218, 1000, 563)]
    [InlineData(640, 480, 1920, 1080, 240, 0, 1440, 1080)]
    [InlineData(1080, 1920, 1280, 720, 437, 0, 405, 720)]
    [InlineData(320, 180, 320, 180, 0, 0, 320, 180)]
    public void The_picture_fills_one_direction_and_lies_in_the_middle(
        int pictureWidth, int pictureHeight, int windowWidth, int windowHeight, int x, int y, int width, int height) =>
        Assert.Equal(new PixelRectangle(x, y, width, height), Letterbox.Fit(pictureWidth, pictureHeight, windowWidth, windowHeight));

    [Fact]
    public void Any_picture_in_any_window_keeps_its_shape_within_a_pixel()
    {
        const int seed = 5;
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var (pw, ph, ww, wh) = (random.Next(1, 8_000), random.Next(1, 8_000), random.Next(1, 8_000), random.Next(1, 8_000));
            var place = Letterbox.Fit(pw, ph, ww, wh);
            var what = $"seed {seed}: {pw}x{ph} in {ww}x{wh} is {place}";
            Assert.True(place is { X: >= 0, Y: >= 0, Width: >= 1, Height: >= 1 }, what);
            Assert.True(place.X + place.Width <= ww && place.Y + place.Height <= wh, what);
            Assert.True(place.Width == ww || place.Height == wh, what);
            var exact = place.Width == ww ? (Side: place.Height, Wanted: (double)ww * ph / pw) : (Side: place.Width, Wanted: (double)wh * pw / ph);
            Assert.True(Math.Abs(exact.Side - exact.Wanted) <= 1, what);
        }
    }

    [Theory]
    [InlineData(0, 0, 100, 100)]
    [InlineData(100, 100, 0, 0)]
    public void Sizes_of_nothing_are_harmless(int pictureWidth, int pictureHeight, int windowWidth, int windowHeight) =>
        Assert.True(Letterbox.Fit(pictureWidth, pictureHeight, windowWidth, windowHeight) is { Width: >= 1, Height: >= 1 });
}
