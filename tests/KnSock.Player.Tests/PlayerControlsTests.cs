using KnSock.Client;
using KnSock.Media;
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

    [Theory]
    [InlineData(0x40000050, 0, -5)]
    [InlineData(0x4000004F, 0, 5)]
    [InlineData(0x40000051, 0, -60)]
    [InlineData(0x40000052, 0, 60)]
    [InlineData(0x40000050, 0x0001, -1)]
    [InlineData(0x4000004F, 0x0002, 1)]
    public void Arrows_seek_also_when_they_are_held(int key, int modifiers, double seconds)
    {
        var seek = new PlayerCommand(PlayerCommandKind.Seek) { By = TimeSpan.FromSeconds(seconds) };
        Assert.Equal(seek, KeyBindings.Map(key, modifiers, isRepeat: false));
        Assert.Equal(seek, KeyBindings.Map(key, modifiers, isRepeat: true));
        Assert.Equal(PlayerCommandKind.None, KeyBindings.Map(key, 0x0040, isRepeat: false).Kind);
        Assert.Equal(PlayerCommandKind.SeekToBeginning, KeyBindings.Map(0x4000004A, 0, isRepeat: false).Kind);
        Assert.Equal(PlayerCommandKind.None, KeyBindings.Map(0x4000004A, 0, isRepeat: true).Kind);
    }

    [Fact]
    public void Seeks_add_up_while_they_are_on_their_way_and_say_where_they_lead()
    {
        var server = new TaskCompletionSource();
        var playback = new FakePlayback(_time) { CanSeek = true, StandsAt = Timestamp.FromSeconds(47), Seeking = () => server.Task };
        var controls = new PlayerControls(playback);
        for (var i = 0; i < 3; i++)
        {
            Seek(controls, 5);
        }

        Assert.Equal("52 57 62", string.Join(' ', playback.Sought.Select(p => p.TotalSeconds)));
        Assert.Equal("0:02 / 1:00, turn 2", controls.Compose(null).Message);
        Seek(controls, -60);
        Seek(controls, -60);
        Assert.Equal("2 0", string.Join(' ', playback.Sought.Skip(3).Select(p => p.TotalSeconds)));
        Assert.Equal("0:00 / 1:00", controls.Compose(null).Message);
        Seek(controls, 1);
        Obey(controls, PlayerCommandKind.SeekToBeginning);
        Assert.Equal(Timestamp.Zero, playback.Sought[^1]);

        playback.StandsAt = Timestamp.FromSeconds(35.9);
        Obey(controls, PlayerCommandKind.TogglePause);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("Paused  0:35 / 1:00", controls.Compose(null).Message);

        server.SetException(new LiveStreamException("gone"));
        Assert.Contains(playback.Errors, e => e.Contains("gone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_live_viewer_is_told_that_it_cannot_seek()
    {
        var playback = new FakePlayback(_time) { StandsAt = Timestamp.FromSeconds(47) };
        var controls = new PlayerControls(playback);
        Seek(controls, -5);
        Assert.Empty(playback.Sought);
        Assert.Equal("Live: start with --from-beginning to seek", controls.Compose(null).Message);
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

    private static void Seek(PlayerControls controls, double seconds) =>
        controls.Obey(new PlayerCommand(PlayerCommandKind.Seek) { By = TimeSpan.FromSeconds(seconds) }, CancellationToken.None);

    private static void Obey(PlayerControls controls, PlayerCommandKind kind) => controls.Obey(new PlayerCommand(kind), CancellationToken.None);
}
