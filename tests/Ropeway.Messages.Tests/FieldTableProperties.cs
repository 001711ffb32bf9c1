using FsCheck;
using FsCheck.Fluent;
using Ropeway.Messages;

namespace Ropeway.Messages.Tests;

public class FieldTableProperties
{
    [Fact]
    public void Write_AnyTable_IsReadBackEqual()
        => CheckSeeded(Prop.ForAll<byte[]>(bytes =>
        {
            FieldTable table = FieldTableBuilder.Build(bytes);
            byte[] written = FieldTableCodec.ToArray(table);
            return FieldTableCodec.TryRead(written, out FieldTable? read, out int readBytes)
                && readBytes == written.Length
                && read.Equals(table)
                && read.GetHashCode() == table.GetHashCode()
                && FieldTableCodec.ToArray(read).AsSpan().SequenceEqual(written);
        }));

    [Fact]
    public void TryMeasure_AnyPrefixOfATable_IsRefused()
        => CheckSeeded(Prop.ForAll<byte[]>(bytes =>
        {
            byte[] written = FieldTableCodec.ToArray(FieldTableBuilder.Build(bytes));
            return Enumerable.Range(0, written.Length).All(count => !FieldTableCodec.TryMeasure(written.AsSpan(0, count), out _));
        }));

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndAgreesWithTryMeasure()
        => CheckSeeded(Prop.ForAll<byte[]>(bytes =>
        {
            byte[] source = [0, 0, 0, (byte)Math.Min(bytes.Length, 255), .. bytes];
            bool read = FieldTableCodec.TryRead(source, out _, out int readBytes);
            return read == FieldTableCodec.TryMeasure(source, out int measuredBytes) && readBytes == measuredBytes;
        }));

    private static void CheckSeeded(Property property)
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300).WithReplay(0x5EED, 0x0901), property);
}
