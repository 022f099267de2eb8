using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace KnSock.Plotting;

/// <summary>What plots are drawn with. All text is escaped, and what XML has no way to write is replaced.</summary>
internal static class SvgShapes
{
    /// <summary>The axes, their numbers and all words.</summary>
    public const string Ink = "#787878";

    /// <summary>Strokes and gaps of a broken line.</summary>
    public const string Dashes = "6 4";

    /// <summary>The namespace of all elements.</summary>
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The colours of what is drawn. Like the ink they stand out on white and on dark alike.</summary>
    public static IReadOnlyList<string> Colors { get; } = ["#2f80d0", "#d1661b", "#2a9153", "#9a62d0", "#c2498f", "#8a7a1f"];

    /// <summary>A straight line.</summary>
    public static XElement Stroke(double x1, double y1, double x2, double y2, string color, params (string, string)[] more) =>
        Element("line", [("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)), ("stroke", color), .. more]);

    /// <summary>Words at a place.</summary>
    public static XElement Text(string text, double x, double y, string anchor, params (string, string)[] more)
    {
        var element = Element("text", [("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor), .. more]);
        element.Value = Clean(text);
        return element;
    }

    /// <summary>An element that holds nothing but words.</summary>
    public static XElement Words(string name, string text) => new(Svg + name, Clean(text));

    /// <summary>An element.</summary>
    public static XElement Element(string name, params (string Name, string Value)[] attributes) =>
        new(Svg + name, attributes.Select(a => new XAttribute(a.Name, a.Value)));

    /// <summary>Places for a line or an outline.</summary>
    public static string Points(IReadOnlyList<(double X, double Y)> places) => string.Join(' ', places.Select(p => $"{Number(p.X)},{Number(p.Y)}"));

    /// <summary>A length or a place.</summary>
    public static string Number(double value) => value.ToString("0.##");

    /// <summary>Without what XML has no way to write.</summary>
    public static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(r => !r.IsBmp || XmlConvert.IsXmlChar((char)r.Value) ? r : Rune.ReplacementChar));

    /// <summary>An element and all in it as text, the same always alike.</summary>
    public static string Written(XElement root)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true }))
        {
            root.WriteTo(writer);
        }

        return text.Append('\n').ToString();
    }
}
