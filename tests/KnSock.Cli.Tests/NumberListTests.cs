using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class NumberListTests
{
    [Theory]
    [InlineData("100,200,500", "100 200 500")]
    [InlineData("5, 1 ,5,99", "1 5 99")]
    [InlineData("7", "7")]
    [InlineData("none", "")]
    public void Numbers_come_ascending_each_once(string text, string numbers)
    {
        var (value, error) = NumberList.Read(text, lowest: 1, highest: 1000);
        Assert.Null(error);
        Assert.Equal(numbers, string.Join(' ', value!));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("1,,2")]
    [InlineData("1,2,")]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1;2")]
    [InlineData("99999999999999999999")]
    [InlineData("none,1")]
    public void What_is_no_list_is_said_to_be_none(string text)
    {
        var (value, error) = NumberList.Read(text, lowest: 1, highest: 1000);
        Assert.Null(value);
        Assert.Contains($"'{text}' is not a list of whole numbers from 1 to 1000", error, StringComparison.Ordinal);
    }
}
