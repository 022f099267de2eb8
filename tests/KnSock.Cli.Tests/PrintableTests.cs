using System.Text;
using KnSock.Cli.Output;

namespace KnSock.Cli.Tests;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Käse 日本 👩‍👩‍👧 [red]x[/]", "Käse 日本 👩‍👩‍👧 [red]x[/]")]
    [InlineData("a\u001b[2Jb", "a\\u001b[2Jb")]
    [InlineData("a\r\nknsock: fake", "a\\u000d\\u000aknsock: fake")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("evil\u202egpj.exe", "evil\\u202egpj.exe")]
    [InlineData("a\u2028b", "a\\u2028b")]
    public void Escapes_what_could_act_on_a_terminal(string text, string safe) => Assert.Equal(safe, Printable.Escape(text));

    [Fact]
    public void No_random_text_gets_a_control_character_through()
    {
        const int Seed = 20_260_101;
        var random = new Random(Seed);
        for (var round = 0; round < 2_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, 20).Select(_ => (char)random.Next(0x2100))]);
            var safe = Printable.Escape(text);
            Assert.True(safe.EnumerateRunes().All(r => !Rune.IsControl(r) && r.Value is not (>= 0x2028 and <= 0x202e)), $"seed {Seed}, round {round}");
        }
    }
}
