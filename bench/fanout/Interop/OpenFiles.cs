namespace KnSock.Fanout.Interop;

/// <summary>How many files and sockets this process may have open; its children inherit it.</summary>
internal static class OpenFiles
{
    private const int Resource = 7;

    /// <summary>Raises the limit as far as the system lets a user, and gives it.</summary>
    public static long Raise()
    {
        var limit = default(LibC.ResourceLimit);
        if (LibC.GetLimit(Resource, ref limit) != 0)
        {
            return 0;
        }

        if (limit.Soft < limit.Hard)
        {
            var raised = limit with { Soft = limit.Hard };
            limit = LibC.SetLimit(Resource, ref raised) == 0 ? raised : limit;
        }

        return (long)Math.Min(limit.Soft, long.MaxValue);
    }
}
