using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>One valid frame for each method: what another implementation of AMQP 0-9-1 writes for the same values (section 4.2.4).</summary>
internal static class GoldenFrames
{
    /// <summary>The frames as hex: type, channel, payload length, class, method, arguments, end octet.</summary>
    public static readonly (MethodId Id, string Hex)[] All =
    [
        (MethodId.ConnectionStart, "01 0000 0000002C 000A 000A 000900000007017849000000010000000E504C41494E20414D51504C41494E00000005656E5F5553 CE"),
        (MethodId.ConnectionStartOk, "01 0000 0000002B 000A 000B 000000070178490000000105504C41494E0000000C00677565737400677565737405656E5F5553 CE"),
        (MethodId.ConnectionSecure, "01 0000 0000000B 000A 0014 00000003616263 CE"),
        (MethodId.ConnectionSecureOk, "01 0000 0000000B 000A 0015 00000003646566 CE"),
        (MethodId.ConnectionTune, "01 0000 0000000C 000A 001E 07FF00020000003C CE"),
        (MethodId.ConnectionTuneOk, "01 0000 0000000C 000A 001F 07FF00020000003C CE"),
        (MethodId.ConnectionOpen, "01 0000 00000008 000A 0028 012F0000 CE"),
        (MethodId.ConnectionOpenOk, "01 0000 00000005 000A 0029 00 CE"),
        (MethodId.ConnectionClose, "01 0000 0000000E 000A 0032 014003627965003C0028 CE"),
        (MethodId.ConnectionCloseOk, "01 0000 00000004 000A 0033 CE"),
        (MethodId.ConnectionBlocked, "01 0000 00000012 000A 003C 0D6C6F77206F6E206D656D6F7279 CE"),
        (MethodId.ConnectionUnblocked, "01 0000 00000004 000A 003D CE"),
        (MethodId.ConnectionUpdateSecret, "01 0000 0000000F 000A 0046 0000000374306B036F6C64 CE"),
        (MethodId.ConnectionUpdateSecretOk, "01 0000 00000004 000A 0047 CE"),
        (MethodId.ChannelOpen, "01 0001 00000005 0014 000A 00 CE"),
        (MethodId.ChannelOpenOk, "01 0001 00000008 0014 000B 00000000 CE"),
        (MethodId.ChannelFlow, "01 0001 00000005 0014 0014 01 CE"),
        (MethodId.ChannelFlowOk, "01 0001 00000005 0014 0015 00 CE"),
        (MethodId.ChannelClose, "01 0001 00000030 0014 0028 0194254E4F545F464F554E44202D206E6F2071756575652027712720696E2076686F737420272F270032000A CE"),
        (MethodId.ChannelCloseOk, "01 0001 00000004 0014 0029 CE"),
        (MethodId.AccessRequest, "01 0001 0000000B 001E 000A 052F646174611E CE"),
        (MethodId.AccessRequestOk, "01 0001 00000006 001E 000B 0001 CE"),
        (MethodId.ExchangeDeclare, "01 0001 0000001A 0028 000A 0000017805746F7069630A0000000701784900000001 CE"),
        (MethodId.ExchangeDeclareOk, "01 0001 00000004 0028 000B CE"),
        (MethodId.ExchangeDelete, "01 0001 00000009 0028 0014 0000017801 CE"),
        (MethodId.ExchangeDeleteOk, "01 0001 00000004 0028 0015 CE"),
        (MethodId.ExchangeBind, "01 0001 00000018 0028 001E 000001640173016B010000000701784900000001 CE"),
        (MethodId.ExchangeBindOk, "01 0001 00000004 0028 001F CE"),
        (MethodId.ExchangeUnbind, "01 0001 00000018 0028 0028 000001640173016B000000000701784900000001 CE"),
        (MethodId.ExchangeUnbindOk, "01 0001 00000004 0028 0033 CE"),
        (MethodId.QueueDeclare, "01 0001 00000014 0032 000A 000001710A0000000701784900000001 CE"),
        (MethodId.QueueDeclareOk, "01 0001 0000000E 0032 000B 01710000000300000002 CE"),
        (MethodId.QueueBind, "01 0001 00000018 0032 0014 000001710178016B000000000701784900000001 CE"),
        (MethodId.QueueBindOk, "01 0001 00000004 0032 0015 CE"),
        (MethodId.QueuePurge, "01 0001 00000009 0032 001E 0000017101 CE"),
        (MethodId.QueuePurgeOk, "01 0001 00000008 0032 001F 00000007 CE"),
        (MethodId.QueueDelete, "01 0001 00000009 0032 0028 0000017102 CE"),
        (MethodId.QueueDeleteOk, "01 0001 00000008 0032 0029 00000007 CE"),
        (MethodId.QueueUnbind, "01 0001 00000017 0032 0032 000001710178016B0000000701784900000001 CE"),
        (MethodId.QueueUnbindOk, "01 0001 00000004 0032 0033 CE"),
        (MethodId.BasicQos, "01 0001 0000000B 003C 000A 00000000006401 CE"),
        (MethodId.BasicQosOk, "01 0001 00000004 003C 000B CE"),
        (MethodId.BasicConsume, "01 0001 00000016 003C 0014 0000017101630A0000000701784900000001 CE"),
        (MethodId.BasicConsumeOk, "01 0001 00000006 003C 0015 0163 CE"),
        (MethodId.BasicCancel, "01 0001 00000007 003C 001E 016301 CE"),
        (MethodId.BasicCancelOk, "01 0001 00000006 003C 001F 0163 CE"),
        (MethodId.BasicPublish, "01 0001 0000000B 003C 0028 00000178016B01 CE"),
        (MethodId.BasicReturn, "01 0001 00000013 003C 0032 0138084E4F5F524F5554450178016B CE"),
        (MethodId.BasicDeliver, "01 0001 00000013 003C 003C 01630000000000000102010178016B CE"),
        (MethodId.BasicGet, "01 0001 00000009 003C 0046 0000017101 CE"),
        (MethodId.BasicGetOk, "01 0001 00000015 003C 0047 0000000000000005000178016B00000009 CE"),
        (MethodId.BasicGetEmpty, "01 0001 00000005 003C 0048 00 CE"),
        (MethodId.BasicAck, "01 0001 0000000D 003C 0050 010203040506070801 CE"),
        (MethodId.BasicReject, "01 0001 0000000D 003C 005A 000000000000000501 CE"),
        (MethodId.BasicRecoverAsync, "01 0001 00000005 003C 0064 01 CE"),
        (MethodId.BasicRecover, "01 0001 00000005 003C 006E 01 CE"),
        (MethodId.BasicRecoverOk, "01 0001 00000004 003C 006F CE"),
        (MethodId.BasicNack, "01 0001 0000000D 003C 0078 000000000000000502 CE"),
        (MethodId.ConfirmSelect, "01 0001 00000005 0055 000A 01 CE"),
        (MethodId.ConfirmSelectOk, "01 0001 00000004 0055 000B CE"),
        (MethodId.TxSelect, "01 0001 00000004 005A 000A CE"),
        (MethodId.TxSelectOk, "01 0001 00000004 005A 000B CE"),
        (MethodId.TxCommit, "01 0001 00000004 005A 0014 CE"),
        (MethodId.TxCommitOk, "01 0001 00000004 005A 0015 CE"),
        (MethodId.TxRollback, "01 0001 00000004 005A 001E CE"),
        (MethodId.TxRollbackOk, "01 0001 00000004 005A 001F CE"),
    ];

    /// <summary>Rows for a theory: method and hex.</summary>
    public static TheoryData<MethodId, string> Rows
    {
        get
        {
            var rows = new TheoryData<MethodId, string>();
            foreach ((MethodId id, string hex) in All)
            {
                rows.Add(id, hex);
            }

            return rows;
        }
    }

    /// <summary>The bytes of a method's frame.</summary>
    public static byte[] Of(MethodId id) => Hex.ToBytes(Array.Find(All, row => row.Id == id).Hex);
}
