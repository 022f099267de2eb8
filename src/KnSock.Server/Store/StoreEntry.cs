namespace KnSock.Server.Store;

/// <summary>A GOP's file as it was seen in the folders.</summary>
/// <param name="RenditionFolder">Folder of its rendition.</param>
/// <param name="Gop">The GOP's index.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="LastUse">When it was written or last read, UTC.</param>
internal readonly record struct StoreEntry(string RenditionFolder, int Gop, long Bytes, DateTime LastUse)
{
    public string Path => StoreLayout.GopPath(RenditionFolder, Gop);
}
