namespace KnSock.Architecture.Tests;

/// <summary>The rules themselves: each catches what it is there for, and nothing else.</summary>
public class RuleTests
{
    private static readonly SourceFile[] Targets =
    [
        File("src/KnSock.Server/Sessions/ViewerSession.cs", "internal sealed class ViewerSession;"),
        File("src/KnSock.Server/Adaptation/RenditionSelector.cs", "internal sealed record RenditionSelector;"),
        File("src/KnSock.Server/Channels/RenditionTrack.cs", "internal sealed class RenditionTrack;"),
        File("src/KnSock.Server/Sources/MediaSource.cs", "internal sealed record MediaSource;"),
        File("src/KnSock.Server/Encoding/RenditionEncoder.cs", "internal sealed class RenditionEncoder;"),
        File("src/KnSock.Server/Endpoints/Native/NativeEndpoint.cs", "internal readonly record struct NativeEndpoint;"),
        File("src/KnSock.Client/Connection/ServerConnection.cs", "internal interface ServerConnection;"),
    ];

    [Theory]
    [InlineData("KnSock.Media", "KnSock.Protocol")]
    [InlineData("KnSock.Protocol", "KnSock.Server")]
    [InlineData("KnSock.Server", "KnSock.Client")]
    [InlineData("KnSock.Client", "KnSock.Server")]
    [InlineData("KnSock.Player", "KnSock.Server")]
    [InlineData("KnSock.Cli", "KnSock.Server")]
    [InlineData("KnSock.Player", "KnSock.Fanout")]
    [InlineData("KnSock.Fanout", "KnSock.Server")]
    [InlineData("KnSock.Unheard", "KnSock.Media")]
    public void A_forbidden_reference_is_found(string project, string target) =>
        Assert.Single(ProjectRules.Violations(project, Project($"""<ProjectReference Include="..\{target}\{target}.csproj" />""")));

    [Fact]
    public void An_allowed_reference_is_not() =>
        Assert.Empty(ProjectRules.Violations("KnSock.Server", Project("""<ProjectReference Include="../KnSock.Media/KnSock.Media.csproj" />""")));

    [Fact]
    public void A_global_using_and_unsafe_code_in_a_project_are_found()
    {
        Assert.Single(ProjectRules.Violations("KnSock.Server", Project("""<Using Include="KnSock.Server.Sessions" />""")));
        Assert.Single(ProjectRules.Violations("KnSock.Client", Project("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>")));
    }

    [Fact]
    public void Every_forbidden_folder_is_found_in_every_spelling()
    {
        foreach (var (folder, neverSees) in SourceRules.Folders)
        {
            var name = neverSees["src/".Length..].Replace('/', '.');
            var type = Targets.First(t => t.IsIn(neverSees)).Types[0];
            var inner = Targets.First(t => t.IsIn(neverSees)).Namespace;
            AssertOne($"{folder}/A.cs", string.Empty, before: $"using {inner};");
            AssertOne($"{folder}/A.cs", string.Empty, before: $"using static {inner}.{type};");
            AssertOne($"{folder}/Deeper/A.cs", $"class A {{ {inner}.{type} _x; }}");
            AssertOne($"{folder}/A.cs", $"class A {{ {inner["KnSock.".Length..]}.{type} _x; }}");
            AssertOne($"{folder}/A.cs", $"class A {{ {inner[(name.LastIndexOf('.') + 1)..]}.{type} _x; }}");
        }
    }

    [Theory]
    [InlineData("src/KnSock.Server/Adaptation/A.cs", "using System.Net.Sockets;")]
    [InlineData("src/KnSock.Server/Endpoints/Native/A.cs", "class A { object Choose(RenditionSelector s) => s; }")]
    [InlineData("src/KnSock.Cli/A.cs", "using KnSock.Player.Interop.LibAv;")]
    [InlineData("src/KnSock.Server/Channels/A.cs", "class A { void B() => Process.Start(\"ffmpeg\"); }")]
    [InlineData("src/KnSock.Cli/A.cs", "class A { object B() => new ProcessStartInfo(); }")]
    [InlineData("src/KnSock.Player/A.cs", "unsafe class A;")]
    [InlineData("src/KnSock.Server/Loops/A.cs", "unsafe class A;")]
    [InlineData("src/KnSock.Server/Sessions/A.cs", "partial class A { [LibraryImport(\"libc\")] static partial int B(); }")]
    [InlineData("src/KnSock.Media/A.cs", "global using System.Text;")]
    public void A_forbidden_word_is_found(string path, string code) => AssertOne(path, code);

    [Fact]
    public void A_namespace_that_is_not_its_folder_is_found() =>
        Assert.Single(SourceRules.Violations([new SourceFile("src/KnSock.Server/Channels/A.cs", "namespace KnSock.Server.Adaptation;\nclass A;")]));

    [Theory]
    [InlineData("src/KnSock.Server/Channels/A.cs", "/// <see cref=\"Sessions.ViewerSession\"/> unsafe\n// using KnSock.Server.Sessions;\nclass A;")]
    [InlineData("src/KnSock.Server/Channels/A.cs", "class A { string B = \"KnSock.Server.Sessions\"; string C = \"\"\"\nunsafe\n\"\"\"; char D = '\"'; }")]
    [InlineData("src/KnSock.Server/Channels/A.cs", "class A { int B => Sessions.Count; }")]
    [InlineData("src/KnSock.Server/Encoding/A.cs", "class A { object B() => new ProcessStartInfo(); }")]
    [InlineData("src/KnSock.Server/Sessions/A.cs", "class A { Adaptation.RenditionSelector _b; Encoding.RenditionEncoder _c; }")]
    [InlineData("src/KnSock.Player/Interop/LibAv/A.cs", "unsafe class A { KnSock.Player.Interop.LibAv.B _b; }")]
    [InlineData("src/KnSock.Server/Interop/A.cs", "unsafe partial class A { [LibraryImport(\"libc\")] static partial int B(); }")]
    [InlineData("src/KnSock.Cli/A.cs", "class A { int B => Environment.ProcessId; void Process() { } }")]
    public void What_is_allowed_is_not(string path, string code) => Assert.Empty(ViolationsOf(path, code));

    [Fact]
    public void A_violation_says_where_it_is() =>
        Assert.StartsWith(
            "src/KnSock.Cli/A.cs:4 DllImport: ",
            Assert.Single(ViolationsOf("src/KnSock.Cli/A.cs", "/* two\nlines */\n[DllImport]")),
            StringComparison.Ordinal);

    private static void AssertOne(string path, string code, string before = "") => Assert.Single(ViolationsOf(path, code, before));

    private static IEnumerable<string> ViolationsOf(string path, string code, string before = "") =>
        SourceRules.Violations([.. Targets, File(path, code, before)]);

    private static SourceFile File(string path, string code, string before = "") =>
        new(path, $"{(before.Length > 0 ? $"{before}\n" : before)}namespace {path["src/".Length..path.LastIndexOf('/')].Replace('/', '.')};\n{code}");

    private static string Project(string content) => $"<Project><ItemGroup>{content}</ItemGroup></Project>";
}
