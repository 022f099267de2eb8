using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Simulation.Media;

namespace KnSock.Simulation.Viewers;

/// <summary>Pictures as the production sink treats them, with a decoder that takes no time: a few decoded ahead, each shown when it is due, late ones left out.</summary>
/// <param name="playback">Where they come from.</param>
/// <param name="show">Is told of each that is shown: when it was due and its rung.</param>
internal sealed class SimulatedPictures(IPlayback playback, Action<Timestamp, int> show)
{
    /// <summary>Decoded pictures that wait for their time.</summary>
    private const int Most = 4;

    private readonly VideoPresenter _presenter = new(playback.VideoFps);
    private readonly List<(Timestamp Pts, int Rung)> _decoding = [];
    private readonly Queue<(Timestamp Pts, int Rung)> _decoded = new();
    private DecoderConfiguration? _configuration;
    private uint _selection;
    private uint _readySelection;
    private Timestamp? _lastQueued;
    private bool _isPassingOver;

    /// <summary>Decodes what there is room for and shows what is due.</summary>
    public void Run()
    {
        Decode();
        while (_decoded.TryPeek(out var picture) && playback.Position is { } position && TryPresent(picture.Pts, picture.Rung, position))
        {
            _decoded.Dequeue();
            Decode();
        }
    }

    private void Decode()
    {
        while (_decoded.Count < Most && playback.TryTake(TrackKind.Video, out var unit))
        {
            Decode(unit);
        }
    }

    private void Decode(in QueuedUnit unit)
    {
        if (unit.Selection != _selection)
        {
            _decoded.Clear();
            _decoding.Clear();
            (_selection, _isPassingOver, _lastQueued) = (unit.Selection, false, null);
            _presenter.Reset();
        }

        if (IsPassedOver(unit.Unit))
        {
            playback.ReportPicture(PictureOutcome.Late, unit.Unit.Pts);
            return;
        }

        if (!ReferenceEquals(unit.Configuration, _configuration) || unit.Discontinuity)
        {
            // The decoder gives out all that it holds before it starts anew.
            Queue(new Timestamp(long.MaxValue));
            _configuration = unit.Configuration;
        }

        _decoding.Add((unit.Unit.Pts, SimulatedChannel.RungOf(unit.Configuration)));
        // Nothing that is decoded later is presented before it.
        Queue(unit.Unit.Dts);
        if (_lastQueued is not null && _readySelection != _selection)
        {
            _readySelection = _selection;
            playback.ReportReady(_selection);
        }
    }

    private bool IsPassedOver(AccessUnit unit)
    {
        if (VideoPresenter.Judge(unit.Pts, playback.Position) == DecodeAction.Jump)
        {
            _isPassingOver = true;
        }
        else if (unit.IsKeyframe)
        {
            _isPassingOver = false;
        }

        return _isPassingOver;
    }

    /// <summary>Gives out the pictures up to a time in the order of presentation.</summary>
    private void Queue(Timestamp until)
    {
        while (_decoding.Count > 0 && _decoding.MinBy(p => p.Pts) is var picture && picture.Pts <= until)
        {
            _decoding.Remove(picture);
            if (picture.Pts <= _lastQueued)
            {
                // Of a GOP that was begun again in another rung.
                continue;
            }

            _lastQueued = picture.Pts;
            if (VideoPresenter.Judge(picture.Pts, playback.Position) == DecodeAction.Show)
            {
                _decoded.Enqueue(picture);
            }
            else
            {
                playback.ReportPicture(PictureOutcome.Late, picture.Pts);
            }
        }
    }

    /// <summary>Shows a picture or leaves it out. False: it is not due yet.</summary>
    private bool TryPresent(Timestamp pts, int rung, Timestamp position)
    {
        switch (_presenter.Decide(pts, position, playback.Channel.FrameRate))
        {
            case PictureAction.Wait:
                return false;
            case PictureAction.Present:
                playback.ReportPicture(PictureOutcome.Presented, pts);
                show(pts, rung);
                return true;
            case PictureAction.LeaveOutForRate:
                playback.ReportPicture(PictureOutcome.RateCapped, pts);
                return true;
            default:
                playback.ReportPicture(PictureOutcome.Late, pts);
                return true;
        }
    }
}
