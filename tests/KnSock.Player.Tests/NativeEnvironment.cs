using System.Runtime.InteropServices;

namespace KnSock.Player.Tests;

/// <summary>Sets variables where native libraries look for them, too; the runtime keeps its own copy.</summary>
internal static partial class NativeEnvironment
{
    public static void Set(string name, string? value)
    {
        Environment.SetEnvironmentVariable(name, value);
        Assert.Equal(0, value is null ? Unset(name) : Set(name, value, overwrite: 1));
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unset(string name);
}
