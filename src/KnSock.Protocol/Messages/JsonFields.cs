using System.Buffers.Text;

namespace KnSock.Protocol.Messages;

/// <summary>
/// Walks along a flat JSON object that is written as plainly as can be: no white space, no escapes, no nesting, words and numbers without sign or exponent.
/// It refuses whatever else JSON allows, and never takes what JSON does not. A number has the value that <see cref="System.Text.Json"/> would give it.
/// </summary>
internal ref struct JsonFields(ReadOnlySpan<byte> text)
{
    // Whole numbers up to 2^53 and powers of ten up to 10^22 are exact as doubles, so that one division rounds once, and rightly (Clinger 1990).
    private const ulong LargestExact = 1UL << 53;
    private const int MostDigits = 18; // of a ulong that cannot overflow

    private ReadOnlySpan<byte> _rest = text;

    private static ReadOnlySpan<double> PowersOfTen =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

    public bool Begin() => Take((byte)'{');

    /// <summary>After a value: whether another property follows.</summary>
    public bool Continues() => Take((byte)',');

    /// <summary>After the last value: whether the object, and the line with it, ends here.</summary>
    public bool Ends() => Take((byte)'}') && (_rest.IsEmpty || _rest is [(byte)'\n'] or [(byte)'\r', (byte)'\n']);

    /// <summary>A property's name with the colon after it; empty where there is none.</summary>
    public ReadOnlySpan<byte> ReadName()
    {
        var name = ReadWord();
        return Take((byte)':') ? name : default;
    }

    /// <summary>What stands between quotation marks, as it stands there; empty where nothing does.</summary>
    public ReadOnlySpan<byte> ReadWord()
    {
        if (!Take((byte)'"'))
        {
            return default;
        }

        var end = _rest.IndexOf((byte)'"');
        if (end < 0)
        {
            return default;
        }

        var word = _rest[..end];
        _rest = _rest[(end + 1)..];
        return word;
    }

    /// <summary>A whole number of at most 18 digits.</summary>
    public bool TryInteger(long most, out long value)
    {
        var digits = Digits(_rest, 0, out var magnitude);
        value = (long)magnitude;
        if (digits is 0 or > MostDigits || (digits > 1 && _rest[0] == '0') || value > most)
        {
            return false;
        }

        _rest = _rest[digits..];
        return true;
    }

    /// <summary>A number with or without a fraction.</summary>
    public bool TryNumber(double most, out double value)
    {
        value = 0;
        var whole = Digits(_rest, 0, out var magnitude);
        if (whole == 0 || (whole > 1 && _rest[0] == '0'))
        {
            return false;
        }

        var length = whole;
        var fraction = 0;
        if (length < _rest.Length && _rest[length] == '.')
        {
            fraction = Digits(_rest[(length + 1)..], magnitude, out magnitude);
            length += 1 + fraction;
            if (fraction == 0)
            {
                return false;
            }
        }

        if (whole + fraction <= MostDigits && magnitude <= LargestExact)
        {
            value = magnitude / PowersOfTen[fraction];
        }
        else if (!Utf8Parser.TryParse(_rest[..length], out value, out var used) || used != length)
        {
            return false;
        }

        _rest = _rest[length..];
        return value <= most;
    }

    /// <summary>How many digits stand here, and the number that they add to <paramref name="before"/>: rubbish where they are too many.</summary>
    private static int Digits(ReadOnlySpan<byte> text, ulong before, out ulong magnitude)
    {
        magnitude = before;
        var count = 0;
        while (count < text.Length && (uint)(text[count] - '0') is <= 9 and var digit)
        {
            magnitude = unchecked((magnitude * 10) + digit);
            count++;
        }

        return count;
    }

    private bool Take(byte expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }
}
