namespace KnSock.Server.Tests;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("plain text, \u00FCmlauts \u4E2D\u6587 \U0001F600", "plain text, \u00FCmlauts \u4E2D\u6587 \U0001F600")]
    [InlineData("a\r\nb\tc\0d\u0007e", "a\uFFFD\uFFFDb\uFFFDc\uFFFDd\uFFFDe")]
    [InlineData("\u001b]0;title\u0007", "\uFFFD]0;title\uFFFD")]
    [InlineData("\u202Egpj.exe\u200B\u2028\u2029\uE000\u009B", "\uFFFDgpj.exe\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("", "")]
    public void WhatCouldMoveACursorIsReplaced(string text, string expected) => Assert.Equal(expected, DisplayText.Clean(text));

    [Fact]
    public void LoneSurrogatesAreReplaced() => Assert.Equal("a\uFFFDb", DisplayText.Clean("a" + '\uD800' + "b"));

    [Fact]
    public void LongTextIsCutBetweenCharacters()
    {
        var text = DisplayText.Clean("x" + string.Concat(Enumerable.Repeat("\U0001F600", 500)));

        Assert.InRange(text.Length, 190, 202);
        Assert.False(char.IsHighSurrogate(text[^1]));
    }
}
