using System.Threading.Channels;
using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Player.Display;
using KnSock.Protocol.Messages;

namespace KnSock.Player;

/// <summary>Does what the keys ask for and keeps the text over the picture up to date.</summary>
internal sealed class PlayerControls
{
    private const double VolumeStep = 0.05;
    private const double MaxVolume = 1.3;

    /// <summary>Up to here television has the colours of standard definition.</summary>
    private const int StandardDefinitionHeight = 576;

    /// <summary>A full bar; as much as a server sends ahead with default options.</summary>
    private const double FullBufferSeconds = 8;

    private static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan RefreshTime = TimeSpan.FromMilliseconds(250);

    private readonly Channel<PlayerCommand> _commands = Channel.CreateBounded<PlayerCommand>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly IPlayback _playback;
    private Task _selecting = Task.CompletedTask;
    private ChannelInfo? _shownChannel;
    private double _volume = 1;
    private bool _muted;
    private string? _message;
    private long _messageSince;

    /// <summary>Creates the controls.</summary>
    /// <param name="playback">What is controlled.</param>
    public PlayerControls(IPlayback playback) => _playback = playback;

    /// <summary>Changes the loudness of the sound card; null where there is none.</summary>
    public Action<double>? SoundCard { get; set; }

    /// <summary>Whether the statistics are shown.</summary>
    public bool ShowsStatistics { get; set; }

    /// <summary>The title of a window that shows a channel.</summary>
    public static string TitleOf(ChannelInfo channel) => $"{channel.Title} - KnSock";

    /// <summary>Has a command carried out soon; may be called from any thread.</summary>
    public void Enqueue(PlayerCommand command) => _commands.Writer.TryWrite(command);

    /// <summary>Carries commands out until one says to quit.</summary>
    public async Task RunAsync(PlayerWindow window, CancellationToken cancellationToken)
    {
        // A command without meaning four times a second brings the text up to date.
        await using var refresh = _playback.Time.CreateTimer(_ => Enqueue(default), null, TimeSpan.Zero, RefreshTime);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var command in _commands.Reader.ReadAllAsync(cancellationToken))
            {
                if (command.Kind == PlayerCommandKind.Quit)
                {
                    return;
                }

                Obey(command, ending.Token);
                FollowChannel(window);
                _playback.WindowHeight = window.PictureLines;
                window.Show(Compose(window.PictureSize));
            }
        }
        finally
        {
            // Who quits does not wait for a server that does not answer.
            await ending.CancelAsync();
            await _selecting;
        }
    }

    /// <summary>Carries a command out.</summary>
    public void Obey(PlayerCommand command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case PlayerCommandKind.TogglePause:
                _playback.Paused = !_playback.Paused;
                break;
            case PlayerCommandKind.ToggleMute:
                SetVolume(_volume, !_muted);
                break;
            case PlayerCommandKind.VolumeUp:
                SetVolume(_volume + VolumeStep, muted: false);
                break;
            case PlayerCommandKind.VolumeDown:
                SetVolume(_volume - VolumeStep, muted: false);
                break;
            case PlayerCommandKind.ToggleStatistics:
                ShowsStatistics = !ShowsStatistics;
                break;
            case PlayerCommandKind.Seek:
                Seek((_playback.StandsAt ?? Timestamp.Zero) + command.By, cancellationToken);
                break;
            case PlayerCommandKind.SeekToBeginning:
                Seek(Timestamp.Zero, cancellationToken);
                break;
            case PlayerCommandKind.SelectChannel when command.Channel < _playback.Channels.Count:
                Select(_playback.Channels[command.Channel], cancellationToken);
                break;
            case PlayerCommandKind.SelectChannel:
                Say($"There is no channel {command.Channel + 1}");
                break;
            default:
                break;
        }
    }

    /// <summary>The text over the picture as it should be now.</summary>
    public Overlay Compose((int Width, int Height)? pictureSize)
    {
        if (_message is not null && _playback.Time.GetElapsedTime(_messageSince) >= MessageTime)
        {
            _message = null;
        }

        return new Overlay(
            ShowsStatistics ? StatisticsText.Lines(_playback.Channel, _playback.Statistics, pictureSize, FullBufferSeconds) : [],
            _message ?? (_playback.Paused ? PausedText() : null));
    }

    private string PausedText() =>
        _playback.CanSeek && _playback.StandsAt is { } position ? $"Paused  {PositionText.Of(position, _playback.Channel.DurationSeconds)}" : "Paused";

    private void Seek(Timestamp position, CancellationToken cancellationToken)
    {
        if (!_playback.CanSeek)
        {
            Say("Live: start with --from-beginning to seek");
            return;
        }

        position = Timestamp.Max(position, Timestamp.Zero);
        // Not after the seeks before: the playback takes their place with the last, so that a held key adds up.
        _selecting = Task.WhenAll(_selecting, ReportingAsync(() => _playback.SeekAsync(position, cancellationToken), "the position cannot be sought", cancellationToken));
        Say(PositionText.Of(_playback.StandsAt ?? position, _playback.Channel.DurationSeconds));
    }

    private void SetVolume(double volume, bool muted)
    {
        if (SoundCard is null)
        {
            Say("No sound card");
            return;
        }

        (_volume, _muted) = (Math.Clamp(Math.Round(volume, 2), 0, MaxVolume), muted);
        SoundCard(_muted ? 0 : _volume);
        Say(_muted ? "Muted" : $"Volume {_volume:0%}");
    }

    private void Select(ChannelInfo channel, CancellationToken cancellationToken)
    {
        Say(StatisticsText.Printable($"{channel.Index + 1}  {channel.Title}"));
        _selecting = SelectAfterAsync(_selecting, channel, cancellationToken);
    }

    private async Task SelectAfterAsync(Task earlier, ChannelInfo channel, CancellationToken cancellationToken)
    {
        await earlier;
        await ReportingAsync(() => _playback.SelectAsync(channel, cancellationToken), $"channel {channel.Name} cannot be selected", cancellationToken);
    }

    /// <summary>Does something and puts its failure among the faults that the user gets to see.</summary>
    private async Task ReportingAsync(Func<Task> action, string failure, CancellationToken cancellationToken)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (e is LiveStreamException or OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                _playback.ReportError($"{failure}: {e.Message}");
            }
        }
    }

    private void FollowChannel(PlayerWindow window)
    {
        var channel = _playback.Channel;
        if (channel != _shownChannel)
        {
            _shownChannel = channel;
            window.SetTitle(TitleOf(channel));
            window.StandardDefinition = channel.Height <= StandardDefinitionHeight;
        }
    }

    private void Say(string message) => (_message, _messageSince) = (message, _playback.Time.GetTimestamp());
}
