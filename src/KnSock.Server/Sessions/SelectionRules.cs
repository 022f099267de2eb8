using System.Diagnostics.CodeAnalysis;
using KnSock.Protocol.Messages;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>Holds what a viewer selects against what is on offer and what it selected before.</summary>
internal sealed class SelectionRules(SessionContext context)
{
    private static readonly TimeSpan LeastBuffer = TimeSpan.FromSeconds(0.5);

    private uint _last;

    /// <summary>The viewing that was asked for, or why it cannot be had.</summary>
    public bool TryFollow(Select select, [NotNullWhen(true)] out Viewing? viewing, [NotNullWhen(false)] out ErrorNotice? refusal)
    {
        viewing = null;
        refusal = Examine(select, out var channel);
        if (refusal is not null)
        {
            return false;
        }

        viewing = new Viewing(select, channel!, MaxBuffer(select), context.LargestBatch, context.Clock.Now);
        return true;
    }

    /// <summary>How far ahead a viewer may be sent; who has a timeline of its own has no live edge to be at.</summary>
    private TimeSpan MaxBuffer(Select select) => select.MaxBufferSeconds switch
    {
        0 when select.From == StartPoint.Live => TimeSpan.Zero,
        { } seconds and < 3600 => Clamp(TimeSpan.FromSeconds(seconds), LeastBuffer, context.MaxBuffer),
        _ => context.MaxBuffer,
    };

    private ErrorNotice? Examine(Select select, out Channel? channel)
    {
        channel = null;
        if (select.Selection <= _last)
        {
            return Refuse("selection", "a selection must have a higher number than those before", select);
        }

        _last = select.Selection;
        if (!select.IsPlausible)
        {
            return Refuse("selection", "a selection names one channel, by index or by name, and a position within reason", select);
        }

        channel = select.Channel is { } index
            ? context.Channels.FirstOrDefault(c => c.Index == index)
            : context.Channels.FirstOrDefault(c => string.Equals(c.Name, select.Name, StringComparison.Ordinal));
        return channel is null ? Refuse("unknownChannel", "there is no such channel", select) : null;
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value > most ? most : value < least ? least : value;

    private static ErrorNotice Refuse(string code, string message, Select select) =>
        new() { Code = code, Message = message, Selection = select.Selection };
}
