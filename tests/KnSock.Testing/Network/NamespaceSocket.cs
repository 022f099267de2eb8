using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KnSock.Testing.Network;

/// <summary>Opens sockets inside a network namespace: a socket stays where it was opened, whoever uses it.</summary>
internal static class NamespaceSocket
{
    private const int NetworkNamespaces = 0x40000000;

    public static Socket Open(string name)
    {
        Socket? socket = null;
        ExceptionDispatchInfo? fault = null;
        // A thread of its own, which ends inside: threads of the pool stay outside.
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{name}");
                Enter(handle);
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            }
            catch (Exception e)
            {
                fault = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        fault?.Throw();
        return socket!;
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
