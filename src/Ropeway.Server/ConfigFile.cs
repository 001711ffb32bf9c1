using System.Text;
using System.Text.Json;

namespace Ropeway.Server;

/// <summary>Reads the configuration file: one JSON object with the options by their names. Errors name file, line and key.</summary>
internal static class ConfigFile
{
    /// <summary>Reads a file; comments and a comma behind the last entry are allowed.</summary>
    /// <exception cref="StartupException">It cannot be read, is no JSON, or has an unknown key or a value of a wrong kind.</exception>
    public static OptionSource Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Configuration, $"cannot read the configuration file {path}: {failure.Message}", failure);
        }

        ReadOnlySpan<byte> json = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;
        string? key = null;
        string Near() => key is null ? string.Empty : $", at or behind key \"{key}\"";
        try
        {
            return ReadObject(json, path, ref key);
        }
        catch (InvalidOperationException failure)
        {
            throw new StartupException(ExitCode.Configuration, $"{path}{Near()}: a text is no valid Unicode", failure);
        }
        catch (JsonException failure)
        {
            string reason = failure.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new StartupException(ExitCode.Configuration, $"{path} line {failure.LineNumber + 1}{Near()}: this is not valid JSON: {reason}", failure);
        }
    }

    private static OptionSource ReadObject(ReadOnlySpan<byte> json, string path, ref string? key)
    {
        var source = new OptionSource(ExitCode.Configuration);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new StartupException(ExitCode.Configuration, $"{path} line 1: one JSON object with the options is expected");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            key = reader.GetString()!;
            string place = $"{path} line {LineOf(json, reader.TokenStartIndex)}, key \"{key}\"";
            ServerOption option = ServerOptionList.Find(key) ?? throw Unknown(place, key);
            if (source.Find(option) is not null)
            {
                throw new StartupException(ExitCode.Configuration, $"{place}: it was given before");
            }

            if (option.Name == "config")
            {
                throw new StartupException(ExitCode.Configuration, $"{place}: a configuration file cannot name another");
            }

            reader.Read();
            source.Add(key, ReadValue(ref reader, option, place), place);
        }

        reader.Read(); // Throws when anything but space follows.
        return source;
    }

    private static List<string> ReadValue(ref Utf8JsonReader reader, ServerOption option, string place)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return [ReadScalar(ref reader, option, place)];
        }

        if (!option.IsRepeatable)
        {
            throw new StartupException(ExitCode.Configuration, $"{place}: one value is expected, not a list");
        }

        var values = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values.Add(ReadScalar(ref reader, option, place));
        }

        return values;
    }

    private static string ReadScalar(ref Utf8JsonReader reader, ServerOption option, string place) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True or JsonTokenType.False when !option.IsRepeatable => Encoding.UTF8.GetString(reader.ValueSpan), // Lists hold none.
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new StartupException(
            ExitCode.Configuration,
            $"{place}: a text or number{(option.IsRepeatable ? ", or a list of them," : string.Empty)} is expected"),
    };

    private static StartupException Unknown(string place, string key)
    {
        string? nearest = ServerOptionList.Nearest(key);
        string hint = nearest is null ? "docs/operations/configuration.md lists the known ones" : $"did you mean \"{nearest}\"?";
        return new StartupException(ExitCode.Configuration, $"{place}: unknown key; {hint}");
    }

    private static int LineOf(ReadOnlySpan<byte> json, long position) => json[..(int)position].Count((byte)'\n') + 1;
}
