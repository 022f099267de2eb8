using KnSock.Client;
using KnSock.Player.Display;
using KnSock.Testing;

namespace KnSock.Player.Tests;

public sealed class PlayerControlsTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(' ', PlayerCommandKind.TogglePause)]
    [InlineData('p', PlayerCommandKind.TogglePause)]
    [InlineData('m', PlayerCommandKind.ToggleMute)]
    [InlineData('9', PlayerCommandKind.VolumeDown)]
    [InlineData('0', PlayerCommandKind.VolumeUp)]
    [InlineData('f', PlayerCommandKind.ToggleFullscreen)]
    [InlineData('i', PlayerCommandKind.ToggleStatistics)]
    [InlineData('q', PlayerCommandKind.Quit)]
    [InlineData(27, PlayerCommandKind.Quit)]
    [InlineData('x', PlayerCommandKind.None)]
    [InlineData(0, PlayerCommandKind.None)]
    public void Keys_mean_what_they_mean_in_mpv(int key, PlayerCommandKind kind) => Assert.Equal(kind, KeyBindings.Map(key, 0, isRepeat: false).Kind);

    [Theory]
    [InlineData('1', 0)]
    [InlineData('8', 7)]
    [InlineData(0x40000059, 0)]
    [InlineData(0x40000061, 8)]
    public void Digits_select_channels(int key, int channel) =>
        Assert.Equal(new PlayerCommand(PlayerCommandKind.SelectChannel, channel), KeyBindings.Map(key, 0, isRepeat: false));

    [Fact]
    public void Held_keys_change_the_volume_only_and_control_keys_do_nothing()
    {
        Assert.Equal(PlayerCommandKind.VolumeUp, KeyBindings.Map('0', 0, isRepeat: true).Kind);
        Assert.Equal(PlayerCommandKind.None, KeyBindings.Map(' ', 0, isRepeat: true).Kind);
        Assert.Equal(PlayerCommandKind.None, KeyBindings.Map('q', 0x0040, isRepeat: false).Kind);
        Assert.Equal(PlayerCommandKind.Quit, KeyBindings.Map('q', 0x2000, isRepeat: false).Kind);
    }

    [Fact]
    public void The_volume_goes_in_steps_within_its_bounds_and_muting_keeps_it()
    {
        var volume = 1.0;
        var controls = new PlayerControls(new FakePlayback(_time)) { SoundCard = v => volume = v };
        for (var i = 0; i < 4; i++)
        {
            Obey(controls, PlayerCommandKind.VolumeDown);
        }

        Assert.Equal(0.8, volume, 0.001);
        Assert.Equal("Volume 80%", controls.Compose(null).Message);
        Obey(controls, PlayerCommandKind.ToggleMute);
        Assert.Equal(0, volume);
        Obey(controls, PlayerCommandKind.ToggleMute);
        Assert.Equal(0.8, volume, 0.001);
        for (var i = 0; i < 50; i++)
        {
            Obey(controls, PlayerCommandKind.VolumeUp);
        }

        Assert.Equal(1.3, volume, 0.001);
        for (var i = 0; i < 50; i++)
        {
            Obey(controls, PlayerCommandKind.VolumeDown);
        }

        Assert.Equal(0, volume);
    }

    [Fact]
    public void Messages_go_away_and_a_pause_stays_written()
    {
        var playback = new FakePlayback(_time);
        var controls = new PlayerControls(playback);
        Obey(controls, PlayerCommandKind.TogglePause);
        Assert.True(playback.Paused);
        Obey(controls, PlayerCommandKind.ToggleMute);
        Assert.Equal("No sound card", controls.Compose(null).Message);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("Paused", controls.Compose(null).Message);
        Obey(controls, PlayerCommandKind.TogglePause);
        Assert.Equal(Overlay.Empty, controls.Compose(null));
    }

    [Fact]
    public void Channels_are_selected_and_failures_are_reported()
    {
        var playback = new FakePlayback(_time);
        var controls = new PlayerControls(playback);
        controls.Obey(new PlayerCommand(PlayerCommandKind.SelectChannel, 2), CancellationToken.None);
        Assert.Equal("Night", playback.Channel.Title);
        Assert.Equal("3  Night", controls.Compose(null).Message);
        controls.Obey(new PlayerCommand(PlayerCommandKind.SelectChannel, 7), CancellationToken.None);
        Assert.Equal("There is no channel 8", controls.Compose(null).Message);

        playback.Selecting = _ => throw new LiveStreamException("gone");
        controls.Obey(new PlayerCommand(PlayerCommandKind.SelectChannel, 1), CancellationToken.None);
        Assert.Equal("Night", playback.Channel.Title);
        Assert.Contains("gone", Assert.Single(playback.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_are_lines_of_printable_text()
    {
        var playback = new FakePlayback(_time);
        var controls = new PlayerControls(playback);
        Assert.Empty(controls.Compose(null).Statistics);
        Obey(controls, PlayerCommandKind.ToggleStatistics);
        playback.Channel = playback.Channel with { Title = "evil\u001b[31m" + new string('x', 500) };
        var lines = controls.Compose((1280, 720)).Statistics;
        Assert.Equal("Rung", lines[1].Label);
        Assert.Equal("720p  1280x720  3 switches", lines[1].Value);
        Assert.All(lines, line => Assert.All(line.Value, c => Assert.InRange(c, ' ', '~')));
        Assert.InRange(lines[0].Value.Length, 1, 44);
        Assert.InRange(OverlayPainter.Statistics(new Overlay(lines, null), 1)!.Width, 100, 400);
    }

    private static void Obey(PlayerControls controls, PlayerCommandKind kind) => controls.Obey(new PlayerCommand(kind), CancellationToken.None);
}
