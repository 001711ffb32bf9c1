namespace Ropeway.TestKit.Images;

/// <summary>
/// Builds one state in which a power cut could have left a directory. The operation at the cut is in flight and counts as not synced.
/// A name is durable with the next sync of a directory; of those behind it a prefix is kept, as a file system with a log does it.
/// Content and length of a file are durable with its next sync, a write through by itself. On a lying disk no sync means anything.
/// </summary>
internal sealed class CrashImage(DiskJournal journal, int cut, ImageMode mode, SeededRandom random, bool isLying = false)
{
    private readonly Dictionary<ulong, List<int>> _contents = []; // Operations on what each inode is now.

    /// <summary>Makes the files in an existing, empty directory.</summary>
    public void Build(string directory)
    {
        int namesEnd = ChooseNamesEnd();
        Dictionary<string, (List<int> Operations, int Synced)> files = Replay(directory, namesEnd);
        foreach ((string name, (List<int> operations, int synced)) in files)
        {
            using FileStream file = File.Create(Path.Combine(directory, name));
            Fill(file, operations, synced);
        }
    }

    private int ChooseNamesEnd()
    {
        int durable = 0;
        for (int index = 0; index < cut; index++)
        {
            durable = journal.Operations[index].Kind == 'N' && !isLying ? index : durable;
        }

        return mode switch
        {
            ImageMode.Lost => durable,
            ImageMode.Kept => cut + 1,
            _ => random.Next(durable, cut + 2),
        };
    }

    private Dictionary<string, (List<int> Operations, int Synced)> Replay(string directory, int namesEnd)
    {
        var names = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var synced = new Dictionary<List<int>, int>();
        for (int index = 0; index <= cut; index++)
        {
            DiskOperation operation = journal.Operations[index];
            switch (operation.Kind)
            {
                case 'C':
                    List<int> created = _contents[operation.Inode] = [];
                    if (index < namesEnd)
                    {
                        names[operation.Name] = created;
                    }

                    break;
                case 'W' or 'D' or 'L':
                    _contents[operation.Inode].Add(index);
                    break;
                case 'S' when index < cut && _contents.TryGetValue(operation.Inode, out List<int>? content):
                    synced[content] = index;
                    break;
                case 'R' or 'U' or 'M' when index < namesEnd:
                    ChangeNames(directory, names, operation);
                    break;
            }
        }

        return names.ToDictionary(name => name.Key, name => (name.Value, synced.GetValueOrDefault(name.Value, -1)), StringComparer.Ordinal);
    }

    private static void ChangeNames(string directory, Dictionary<string, List<int>> names, DiskOperation operation)
    {
        switch (operation.Kind)
        {
            case 'M':
                Directory.CreateDirectory(Path.Combine(directory, operation.Name));
                break;
            case 'U':
                names.Remove(operation.Name);
                break;
            default:
                string[] both = operation.Name.Split('\n');
                names.Remove(both[0], out List<int>? moved);
                names[both[1]] = moved ?? throw new InvalidDataException($"The journal renames {both[0]}, which it has not seen.");
                break;
        }
    }

    private void Fill(FileStream file, List<int> operations, int synced)
    {
        long writtenEnd = 0; // Nothing but zeros lies behind it.
        foreach (int index in operations)
        {
            DiskOperation operation = journal.Operations[index];
            bool isDurable = !isLying && (index < synced || (operation.Kind == 'D' && index < cut));
            if (operation.Kind == 'L')
            {
                if (isDurable || mode == ImageMode.Kept || (mode != ImageMode.Lost && random.OneIn(2)))
                {
                    file.SetLength(operation.Position);
                }

                continue;
            }

            long grain = isDurable ? operation.Count : mode switch { ImageMode.TornBySector => 512, ImageMode.TornByPage => 4096, _ => operation.Count };
            for (long skip = 0; skip < operation.Count; skip += grain)
            {
                if (isDurable || mode == ImageMode.Kept || (mode != ImageMode.Lost && random.OneIn(2)))
                {
                    Write(file, operation, skip, (int)Math.Min(grain, operation.Count - skip), ref writtenEnd);
                }
            }
        }
    }

    private void Write(FileStream file, DiskOperation operation, long skip, int count, ref long writtenEnd)
    {
        long position = operation.Position + skip;
        if (operation.Bytes < 0 && position >= writtenEnd)
        {
            file.SetLength(Math.Max(file.Length, position + count)); // Stays a hole.
            return;
        }

        file.Position = position;
        file.Write(journal.Read(operation, skip, count));
        writtenEnd = Math.Max(writtenEnd, position + count);
    }
}
