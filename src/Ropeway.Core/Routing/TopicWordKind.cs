namespace Ropeway.Core.Routing;

/// <summary>What a word of a topic pattern stands for.</summary>
internal enum TopicWordKind : byte
{
    /// <summary>Itself.</summary>
    Literal,

    /// <summary><c>*</c>: exactly one word.</summary>
    Star,

    /// <summary><c>#</c>: any number of words, also none.</summary>
    Hash,
}
