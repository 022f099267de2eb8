using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("plya", "play")]
    [InlineData("sreve", "serve")]
    [InlineData("chanels", "channels")]
    [InlineData("--headles", "--headless")]
    public void Finds_the_nearest_word(string typed, string meant) =>
        Assert.Equal(meant, Suggestion.For(typed, ["serve", "play", "channels", "--headless"]));

    [Theory]
    [InlineData("x")]
    [InlineData("record")]
    [InlineData("")]
    public void Stays_silent_when_nothing_is_near(string typed) => Assert.Null(Suggestion.For(typed, ["serve", "play", "channels"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "acb", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Counts_edits(string a, string b, int edits) => Assert.Equal(edits, Suggestion.Edits(a, b));
}
