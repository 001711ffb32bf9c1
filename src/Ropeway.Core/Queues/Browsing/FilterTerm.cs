namespace Ropeway.Core.Queues.Browsing;

/// <summary>One condition of a <see cref="MessageFilter"/>.</summary>
internal delegate bool FilterTerm(scoped in FilterSubject subject);
