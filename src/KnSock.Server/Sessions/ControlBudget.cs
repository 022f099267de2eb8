namespace KnSock.Server.Sessions;

/// <summary>How much of what a viewer says is looked at, and how much of it is too much.</summary>
/// <remarks>
/// Feedback is cheap, for only some of it is read. All else costs: an answer, or finding out what is wrong with it. Who says more than any use of the protocol could need holds up the
/// others on its loop, and is let go. Holds no clock.
/// </remarks>
internal sealed class ControlBudget
{
    /// <summary>Bytes that may come in a second, in the long run.</summary>
    public const int BytesPerSecond = 320 * 1024;

    /// <summary>Messages other than feedback that may come in a second, in the long run.</summary>
    public const int MessagesPerSecond = 100;

    /// <summary>What may come at once, in seconds of either: a client that was held up says much at once.</summary>
    private const double Burst = 10;

    private double _bytes = BytesPerSecond * Burst;
    private double _messages = MessagesPerSecond * Burst;
    private TimeSpan _at;

    /// <summary>Takes in a message.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="isFeedback">Whether it is feedback in its usual form.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>False if that is too much.</returns>
    public bool TrySpend(int bytes, bool isFeedback, TimeSpan now)
    {
        if (now > _at)
        {
            var seconds = (now - _at).TotalSeconds;
            _bytes = Math.Min(_bytes + (BytesPerSecond * seconds), BytesPerSecond * Burst);
            _messages = Math.Min(_messages + (MessagesPerSecond * seconds), MessagesPerSecond * Burst);
            _at = now;
        }

        _bytes -= bytes;
        _messages -= isFeedback ? 0 : 1;
        return _bytes >= 0 && _messages >= 0;
    }
}
