namespace KnSock.Protocol.Messages;

/// <summary>
/// Reads the one message that comes ten times a second from every viewer, without an allocation. It knows the form in which clients send it and nothing else:
/// what it refuses may still be right, and is for <see cref="MessageJson.ReadControl"/> to judge.
/// </summary>
public static class FeedbackReader
{
    /// <summary>How the feedback of most clients begins.</summary>
    public static ReadOnlySpan<byte> Beginning => "{\"type\":\"feedback\","u8;

    /// <summary>Reads a control line that is a plausible <see cref="Feedback"/>.</summary>
    /// <param name="line">The line, with or without its newline.</param>
    /// <param name="figures">What a server goes by, where the answer is true.</param>
    /// <returns>
    /// True: <see cref="MessageJson.ReadControl"/> would give a <see cref="Feedback"/> that <see cref="Feedback.IsPlausible"/>, with these figures. False says nothing about the line:
    /// it may be another message, a wrong one, or feedback in an unusual form (white space, exponents, escapes, nulls, unknown properties).
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out FeedbackFigures figures)
    {
        var fields = default(Fields);
        if (!fields.ReadFrom(new JsonFields(line)))
        {
            figures = default;
            return false;
        }

        figures = fields.Figures;
        return true;
    }

    [Flags]
    private enum Seen
    {
        None = 0,
        Type = 1,
        Selection = 1 << 1,
        State = 1 << 2,
        Position = 1 << 3,
        VideoBuffer = 1 << 4,
        AudioBuffer = 1 << 5,
        Target = 1 << 6,
        ReceivedBytes = 1 << 7,
        Stalls = 1 << 8,
        StallMs = 1 << 9,
        Late = 1 << 10,
        Dropped = 1 << 11,
        DecodeP95Ms = 1 << 12,
        PlaybackRate = 1 << 13,
        Presented = 1 << 14,
        Required = Type | Selection | State | VideoBuffer | AudioBuffer,
    }

    /// <summary>The properties as they are met. The limits are those of <see cref="Feedback.IsPlausible"/>.</summary>
    private struct Fields
    {
        private Seen _seen;
        private uint _selection;
        private PlayoutState _state;
        private double _position;
        private double _videoBuffer;
        private double _audioBuffer;
        private double _target;
        private int _late;
        private int _dropped;
        private int _presented;
        private int _stalls;
        private long _stallMs;
        private double _decodeP95Ms;
        private double _playbackRate;

        public readonly FeedbackFigures Figures =>
            new(_selection, _state, Has(Seen.Position) ? _position : null, _videoBuffer, _audioBuffer, _target)
            {
                Stalls = _stalls,
                StallMs = _stallMs,
                Late = _late,
                Dropped = _dropped,
                DecodeP95Ms = _decodeP95Ms,
                Presented = Has(Seen.Presented) ? _presented : null,
                PlaybackRate = Has(Seen.PlaybackRate) ? _playbackRate : null,
            };

        public bool ReadFrom(JsonFields json)
        {
            if (!json.Begin())
            {
                return false;
            }

            do
            {
                var name = NameOf(json.ReadName());
                if (name == Seen.None || (_seen & name) != Seen.None || !ReadValue(name, ref json))
                {
                    return false;
                }

                _seen |= name;
            }
            while (json.Continues());

            return (_seen & Seen.Required) == Seen.Required && json.Ends();
        }

        private static Seen NameOf(ReadOnlySpan<byte> name) => name.Length switch
        {
            4 => name.SequenceEqual("type"u8) ? Seen.Type : name.SequenceEqual("late"u8) ? Seen.Late : Seen.None,
            5 => name.SequenceEqual("state"u8) ? Seen.State : Seen.None,
            6 => name.SequenceEqual("stalls"u8) ? Seen.Stalls : Seen.None,
            7 => name.SequenceEqual("stallMs"u8) ? Seen.StallMs : name.SequenceEqual("dropped"u8) ? Seen.Dropped : Seen.None,
            9 => name.SequenceEqual("selection"u8) ? Seen.Selection : name.SequenceEqual("presented"u8) ? Seen.Presented : Seen.None,
            11 => name.SequenceEqual("decodeP95Ms"u8) ? Seen.DecodeP95Ms : Seen.None,
            12 => name.SequenceEqual("playbackRate"u8) ? Seen.PlaybackRate : Seen.None,
            13 => name.SequenceEqual("targetSeconds"u8) ? Seen.Target : name.SequenceEqual("receivedBytes"u8) ? Seen.ReceivedBytes : Seen.None,
            15 => name.SequenceEqual("positionSeconds"u8) ? Seen.Position : Seen.None,
            18 => name.SequenceEqual("videoBufferSeconds"u8) ? Seen.VideoBuffer
                : name.SequenceEqual("audioBufferSeconds"u8) ? Seen.AudioBuffer : Seen.None,
            _ => Seen.None,
        };

        private bool ReadValue(Seen name, ref JsonFields json)
        {
            switch (name)
            {
                case Seen.Type:
                    return json.ReadWord().SequenceEqual("feedback"u8);
                case Seen.State:
                    return TryState(json.ReadWord(), out _state);
                case Seen.Selection:
                    var isRead = json.TryInteger(uint.MaxValue, out var selection);
                    _selection = (uint)selection;
                    return isRead;
                case Seen.Position:
                    return json.TryNumber(1e9, out _position);
                case Seen.VideoBuffer:
                    return json.TryNumber(3600, out _videoBuffer);
                case Seen.AudioBuffer:
                    return json.TryNumber(3600, out _audioBuffer);
                case Seen.Target:
                    return json.TryNumber(3600, out _target);
                case Seen.DecodeP95Ms:
                    return json.TryNumber(1e6, out _decodeP95Ms);
                case Seen.PlaybackRate:
                    return json.TryNumber(10, out _playbackRate);
                case Seen.Late:
                    return TryCount(ref json, out _late);
                case Seen.Dropped:
                    return TryCount(ref json, out _dropped);
                case Seen.Presented:
                    return TryCount(ref json, out _presented);
                case Seen.Stalls:
                    return TryCount(ref json, out _stalls);
                case Seen.StallMs:
                    return json.TryInteger(long.MaxValue, out _stallMs);
                default:
                    return json.TryInteger(long.MaxValue, out _);
            }
        }

        private readonly bool Has(Seen property) => (_seen & property) != Seen.None;

        private static bool TryCount(ref JsonFields json, out int count)
        {
            var isRead = json.TryInteger(int.MaxValue, out var value);
            count = (int)value;
            return isRead;
        }

        private static bool TryState(ReadOnlySpan<byte> word, out PlayoutState state)
        {
            if (word.SequenceEqual("playing"u8))
            {
                state = PlayoutState.Playing;
                return true;
            }

            state = word.SequenceEqual("stalled"u8) ? PlayoutState.Stalled : word.SequenceEqual("paused"u8) ? PlayoutState.Paused : PlayoutState.Buffering;
            return state != PlayoutState.Buffering || word.SequenceEqual("buffering"u8);
        }
    }
}
