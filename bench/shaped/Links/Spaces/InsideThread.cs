using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KnSock.Shaped.Links.Spaces;

/// <summary>Runs something on a thread that lives inside a network namespace and ends there: threads of the pool stay outside.</summary>
internal static class InsideThread
{
    private const int NetworkNamespaces = 0x40000000;

    public static T Run<T>(string name, Func<T> open)
    {
        T? opened = default;
        ExceptionDispatchInfo? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{name}");
                Enter(handle);
                opened = open();
            }
            catch (Exception e)
            {
                fault = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        fault?.Throw();
        return opened!;
    }

    private static void Enter(SafeFileHandle handle)
    {
        if (SetNamespace(handle, NetworkNamespaces) != 0)
        {
            throw new Win32Exception();
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle handle, int kind);
}
