using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class ServeArgumentsTests
{
    [Fact]
    public void The_first_argument_is_the_port_if_it_is_a_number()
    {
        var arguments = Parse(["9000", "a.mp4", "b.mp4"]);
        Assert.Equal((9000, 9001, 9010), (arguments.Port, arguments.AudioPort, arguments.ControlPort));
        Assert.Equal(["a.mp4", "b.mp4"], arguments.VideoPaths);
    }

    [Fact]
    public void A_file_whose_name_is_a_number_is_a_file()
    {
        var arguments = Parse(["9000", "9001"], "9000");
        Assert.Equal(8000, arguments.Port);
        Assert.Equal(["9000", "9001"], arguments.VideoPaths);
    }

    [Fact]
    public void Without_a_port_it_is_8000()
    {
        var arguments = Parse(["a.mp4"]);
        Assert.Equal((8000, 8001, 8010), (arguments.Port, arguments.AudioPort, arguments.ControlPort));
    }

    [Fact]
    public void Port_0_takes_free_ports_throughout()
    {
        var arguments = Parse(["0", "a.mp4"]);
        Assert.Equal((0, 0, 0), (arguments.Port, arguments.AudioPort, arguments.ControlPort));
    }

    [Theory]
    [InlineData]
    [InlineData("9000")]
    [InlineData("70000", "a.mp4")]
    [InlineData("9000", "")]
    public void Says_what_is_missing(params string[] arguments)
    {
        Assert.False(ServeArguments.TryParse(arguments, _ => false, needsVideo: true, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Without_a_video_where_none_is_needed()
    {
        Assert.True(ServeArguments.TryParse(["9000"], _ => false, needsVideo: false, out var parsed, out _));
        Assert.Equal((9000, 0), (parsed.Port, parsed.VideoPaths.Count));
        Assert.False(ServeArguments.TryParse(["9000", ""], _ => false, needsVideo: false, out _, out _));
    }

    private static ServeArguments Parse(string[] arguments, params string[] files)
    {
        Assert.True(ServeArguments.TryParse(arguments, files.Contains, needsVideo: true, out var parsed, out var error), error);
        return parsed;
    }
}
