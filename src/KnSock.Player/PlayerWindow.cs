using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Player.Display;
using KnSock.Player.Interop.Sdl;

namespace KnSock.Player;

/// <summary>A window in which pictures are shown. One thread owns it; the members may be used from any other.</summary>
/// <remarks>
/// The thread shows the newest picture: one that was not drawn yet when the next is presented is never seen, so that a slow display delays
/// nobody. The picture keeps its shape whatever the shape of the window, also when its resolution changes.
/// </remarks>
public sealed class PlayerWindow : IVideoOutput, IAsyncDisposable
{
    /// <summary>Width of a window unless another is wanted.</summary>
    public const int DefaultWidth = 960;

    /// <summary>Height of a window unless another is wanted.</summary>
    public const int DefaultHeight = 540;

    /// <summary>Events wake the thread at once; this bounds the harm where one gets lost.</summary>
    private const int WaitMilliseconds = 250;

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<PlayerCommand> _command;
    private readonly Thread _thread;
    private VideoFrame? _newest;
    private string? _newTitle;
    private volatile Overlay _overlay = Overlay.Empty;
    private volatile Overlay _drawnOverlay = Overlay.Empty;
    private volatile Size? _pictureSize;
    private volatile bool _standardDefinition;
    private volatile bool _ending;
    private volatile bool _isHidden;
    private volatile int _pictureLines;
    private int _fullscreenToggles;
    private int _wakePending;

    private PlayerWindow(string title, int width, int height, Action<PlayerCommand> command)
    {
        _command = command;
        _thread = new Thread(() => Run(title, width, height)) { IsBackground = true, Name = "KnSock window" };
    }

    /// <summary>Opens a window.</summary>
    /// <param name="title">Its title; control characters are left out.</param>
    /// <param name="command">Receives what the user asks for with keys; called on the window's thread, must not wait.</param>
    /// <param name="width">Width to begin with, in the units of the desktop.</param>
    /// <param name="height">Height to begin with.</param>
    /// <exception cref="LiveStreamException">There is no display, or SDL is not installed; the message is one line.</exception>
    public static async Task<PlayerWindow> OpenAsync(
        string title, Action<PlayerCommand> command, int width = DefaultWidth, int height = DefaultHeight)
    {
        if (DesktopDisplay.Problem is { } problem)
        {
            throw new LiveStreamException($"no window: {problem}");
        }

        var window = new PlayerWindow(Clean(title), width, height, command);
        window._thread.Start();
        await window._opened.Task;
        return window;
    }

    /// <summary>Completes when the user has closed the window, or it was disposed of; fails when it could not go on.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Whether the colours of pictures that do not say so are those of standard definition (BT.601) rather than of high definition (BT.709).</summary>
    public bool StandardDefinition
    {
        get => _standardDefinition;
        set => _standardDefinition = value;
    }

    /// <summary>Size of the picture shown last; null before there is one.</summary>
    public (int Width, int Height)? PictureSize => _pictureSize is { } size ? (size.Width, size.Height) : null;

    /// <summary>Lines of the display that the picture takes, pixels; 0 while the window is minimised or hidden.</summary>
    public int PictureLines => _isHidden ? 0 : _pictureLines;

    /// <inheritdoc/>
    public void Present(VideoFrame frame)
    {
        Interlocked.Exchange(ref _newest, frame)?.Dispose();
        if (_closed.Task.IsCompleted)
        {
            Interlocked.Exchange(ref _newest, null)?.Dispose();
        }

        Wake();
    }

    /// <summary>Changes the title.</summary>
    public void SetTitle(string title)
    {
        Volatile.Write(ref _newTitle, Clean(title));
        Wake();
    }

    /// <summary>Fills the screen or goes back to the window.</summary>
    public void ToggleFullscreen()
    {
        Interlocked.Increment(ref _fullscreenToggles);
        Wake();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ending = true;
        Wake();
        try
        {
            await _closed.Task;
        }
        catch (LiveStreamException)
        {
            // Whoever watches Closed has heard of it.
        }
    }

    /// <summary>Sets the text over the picture.</summary>
    internal void Show(Overlay overlay)
    {
        _overlay = overlay;
        Wake();
    }

    private static string Clean(string title) => string.Concat(title.Where(c => !char.IsControl(c)));

    private void Run(string title, int width, int height)
    {
        try
        {
            ShowUntilClosed(title, width, height);
        }
        catch (Exception e)
        {
            var failure = e as LiveStreamException ?? new LiveStreamException(e.Message, e);
            if (!_opened.TrySetException(new LiveStreamException($"no window: {failure.Message}", failure)))
            {
                _closed.TrySetException(failure);
            }

        }

        _ending = true;
        _closed.TrySetResult();
        Interlocked.Exchange(ref _newest, null)?.Dispose();
    }

    private void ShowUntilClosed(string title, int width, int height)
    {
        using var surface = new WindowSurface(title, width, height);
        Draw(surface, _overlay);
        _opened.SetResult();
        while (!_ending)
        {
            var mustDraw = SdlImports.WaitEvent(out var happened, WaitMilliseconds) != 0 && Handle(happened, surface);
            Update(surface, mustDraw);
        }
    }

    /// <summary>Acts on an event.</summary>
    /// <returns>Whether the window must be drawn anew because of it.</returns>
    private bool Handle(SdlEvent happened, WindowSurface surface)
    {
        switch (happened.Kind)
        {
            case SdlEventKind.Quit:
            case SdlEventKind.Window when happened.WindowChange == SdlWindowChange.Close:
                _ending = true;
                return false;
            case SdlEventKind.KeyDown:
                Obey(KeyBindings.Map(happened.Key, happened.KeyModifiers, happened.KeyRepeat != 0));
                return false;
            case SdlEventKind.MouseDown when happened is { MouseButton: 1, MouseClicks: 2 }:
                surface.ToggleFullscreen();
                return true;
            case SdlEventKind.TargetsReset or SdlEventKind.DeviceReset:
                surface.Forget();
                return true;
            case SdlEventKind.Wake:
                Interlocked.Exchange(ref _wakePending, 0);
                return false;
            case SdlEventKind.Window:
                return Handle(happened.WindowChange);
            default:
                return false;
        }
    }

    private bool Handle(SdlWindowChange change)
    {
        _isHidden = change switch
        {
            SdlWindowChange.Minimized or SdlWindowChange.Hidden => true,
            SdlWindowChange.Restored or SdlWindowChange.Shown or SdlWindowChange.Maximized => false,
            _ => _isHidden,
        };
        return change is SdlWindowChange.Exposed or SdlWindowChange.Resized;
    }

    private void Obey(PlayerCommand command)
    {
        switch (command.Kind)
        {
            case PlayerCommandKind.None:
                break;
            case PlayerCommandKind.ToggleFullscreen:
                ToggleFullscreen();
                break;
            default:
                _command(command);
                break;
        }
    }

    private void Update(WindowSurface surface, bool draw)
    {
        if (Interlocked.Exchange(ref _newTitle, null) is { } title)
        {
            surface.SetTitle(title);
        }

        if ((Interlocked.Exchange(ref _fullscreenToggles, 0) & 1) != 0)
        {
            surface.ToggleFullscreen();
            draw = true;
        }

        using (var frame = Interlocked.Exchange(ref _newest, null))
        {
            if (frame is not null)
            {
                surface.Load(frame, frame.Matrix ?? (_standardDefinition ? ColorMatrix.Bt601 : ColorMatrix.Bt709));
                _pictureSize = new Size(frame.Width, frame.Height);
                draw = true;
            }
        }

        var overlay = _overlay;
        if (draw || overlay != _drawnOverlay)
        {
            _drawnOverlay = overlay;
            Draw(surface, overlay);
        }
    }

    private void Draw(WindowSurface surface, Overlay overlay)
    {
        surface.Draw(overlay);
        _pictureLines = surface.PictureLines;
    }

    private void Wake()
    {
        if (_opened.Task.IsCompletedSuccessfully && !_ending && Interlocked.Exchange(ref _wakePending, 1) == 0)
        {
            SdlImports.PushEvent(new SdlEvent { Kind = SdlEventKind.Wake });
        }
    }

    /// <summary>A reference, so that another thread sees both numbers or neither.</summary>
    private sealed record Size(int Width, int Height);
}
