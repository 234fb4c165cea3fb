namespace Isa.Events.Api.Features.Pages;

/// <summary>How long it is until an event begins, as one says it.</summary>
internal static class Countdown
{
    private static readonly Sentence Days = new("Beginnt in {0} Tagen.", "Starts in {0} days.", "{0}天后开始。");
    private static readonly Sentence Hours = new("Beginnt in {0} Stunden.", "Starts in {0} hours.", "{0}小时后开始。");
    private static readonly Sentence Minutes = new("Beginnt in {0} Minuten.", "Starts in {0} minutes.", "{0}分钟后开始。");
    private static readonly Sentence Soon = new("Beginnt in einer Minute.", "Starts in a minute.", "即将开始。");
    private static readonly Sentence Now = new("Hat gerade begonnen.", "Has just started.", "刚刚开始。");
    private static readonly Sentence Running = new("Läuft seit {0} Minuten.", "Started {0} minutes ago.", "已进行{0}分钟。");
    private static readonly Sentence RunningLong = new("Läuft seit {0} Stunden.", "Started {0} hours ago.", "已进行{0}小时。");
    private static readonly TimeSpan InMinutes = TimeSpan.FromMinutes(90);

    /// <param name="startsAt">Of the event.</param>
    /// <param name="now">The clock.</param>
    /// <param name="zone">The reader's: days are theirs, so that what begins on Friday morning begins in three days all Tuesday long.</param>
    /// <param name="language">The reader's.</param>
    public static string Say(DateTimeOffset startsAt, DateTimeOffset now, string zone, Language language)
    {
        var left = startsAt - now;
        if (left >= TimeSpan.FromHours(48)) return Days.Fill(language, (startsAt.In(Zones.Get(zone)).Date - now.In(Zones.Get(zone)).Date).Days);
        if (left >= InMinutes) return Hours.Fill(language, Rounded(left.TotalHours));
        if (left > TimeSpan.FromMinutes(1)) return Minutes.Fill(language, (int)Math.Ceiling(left.TotalMinutes));
        if (left > TimeSpan.Zero) return Soon.In(language);
        if (left > TimeSpan.FromMinutes(-2)) return Now.In(language);
        return left > -InMinutes ? Running.Fill(language, (int)-left.TotalMinutes) : RunningLong.Fill(language, Rounded(-left.TotalHours));
    }

    private static int Rounded(double value) => (int)Math.Round(value, MidpointRounding.AwayFromZero);
}
