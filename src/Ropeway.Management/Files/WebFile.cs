using System.IO.Compression;
using System.Security.Cryptography;

namespace Ropeway.Management.Files;

/// <summary>One file of the web UI, as it goes out: as it is and compressed. What is compressed is made when it is first asked for, and kept. Any thread.</summary>
internal sealed class WebFile
{
    private readonly Lazy<byte[]> _brotli;
    private readonly Lazy<byte[]> _gzip;

    /// <summary>Takes over the bytes.</summary>
    /// <param name="contentType">The content type.</param>
    /// <param name="bytes">The file.</param>
    public WebFile(string contentType, byte[] bytes)
    {
        ContentType = contentType;
        Bytes = bytes;
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"";
        _brotli = new Lazy<byte[]>(() => Compress(output => new BrotliStream(output, CompressionLevel.SmallestSize)));
        _gzip = new Lazy<byte[]>(() => Compress(output => new GZipStream(output, CompressionLevel.SmallestSize)));
    }

    /// <summary>The content type.</summary>
    public string ContentType { get; }

    /// <summary>The file as it is.</summary>
    public byte[] Bytes { get; }

    /// <summary>Names the content, with quotation marks.</summary>
    public string ETag { get; }

    /// <summary>The smallest form that a client takes.</summary>
    /// <param name="accepted">Its header <c>Accept-Encoding</c>.</param>
    /// <param name="encoding">The form: <c>br</c>, <c>gzip</c>, or null for the file as it is.</param>
    public byte[] For(string? accepted, out string? encoding)
    {
        encoding = null;
        if (accepted is null || ContentType == "font/woff2") // Fonts are compressed already.
        {
            return Bytes;
        }

        string[] names = accepted.Split(',', StringSplitOptions.TrimEntries);
        encoding = names.FirstOrDefault(name => name is "br") ?? names.FirstOrDefault(name => name is "gzip");
        return encoding switch
        {
            "br" => _brotli.Value,
            "gzip" => _gzip.Value,
            _ => Bytes,
        };
    }

    private byte[] Compress(Func<Stream, Stream> compressor)
    {
        using var output = new MemoryStream();
        using (Stream stream = compressor(output))
        {
            stream.Write(Bytes);
        }

        return output.ToArray();
    }
}
