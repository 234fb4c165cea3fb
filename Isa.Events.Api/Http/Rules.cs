using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FluentValidation.Internal;
using Isa.Events.Api.Email;

namespace Isa.Events.Api.Http;

/// <summary>What validators check: shapes, each with its code. Absent members pass everything but <see cref="Present{T,TProperty}"/>.</summary>
public static partial class Rules
{
    public static IRuleBuilderOptions<T, TProperty> Present<T, TProperty>(this IRuleBuilder<T, TProperty> rule) =>
        rule.Must(value => value is not null && value is not Texts { De: null, En: null, Zh: null }).Fails(FieldCode.Required);

    /// <summary>One line of text.</summary>
    public static IRuleBuilderOptions<T, string?> Line<T>(this IRuleBuilder<T, string?> rule, int max) =>
        rule.Must(text => text is null || text.AsSpan().IndexOfAny('\n', '\t') < 0).Fails(FieldCode.ControlCharacter)
            .Must(text => text is null || Text.Length(text) <= max).Fails(FieldCode.TooLong, max);

    /// <summary>Text that may have several lines.</summary>
    public static IRuleBuilderOptions<T, string?> Paragraphs<T>(this IRuleBuilder<T, string?> rule, int max) =>
        rule.Must(text => text is null || Text.Length(text) <= max).Fails(FieldCode.TooLong, max);

    /// <summary>The name of a person: one line of up to 200 characters, whatever they are; names have no other shape.</summary>
    public static IRuleBuilderOptions<T, string?> PersonName<T>(this IRuleBuilder<T, string?> rule, int max = 200) =>
        rule.Line(max).Must(name => name is null || name.EnumerateRunes().Any(IsSeen)).Fails(FieldCode.Required);

    // A name of joiners and other invisible characters alone would be an empty line in every list. The fillers count as letters, the empty Braille cell as a symbol.
    private static bool IsSeen(Rune rune) => rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);

    public static IRuleBuilderOptions<T, string?> MailAddress<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is null || EmailAddress.TryNormalise(text, out _, out _)).Fails(FieldCode.InvalidEmail);

    /// <summary>The address of a person: none of this server's own.</summary>
    /// <param name="rule">Of the member.</param>
    /// <param name="own">The validator's <c>Resolve</c>: which they are, a setting says.</param>
    public static IRuleBuilderOptions<T, string?> MailAddressOfPerson<T>(this IRuleBuilder<T, string?> rule, Func<OwnAddresses> own) =>
        rule.MailAddress().Must(text => text is null || !own().Contains(text)).Fails(FieldCode.ServerAddress);

    /// <summary>The address of an office: perhaps the one that mails come from, but not where this server itself reads what comes.</summary>
    /// <inheritdoc cref="MailAddressOfPerson"/>
    public static IRuleBuilderOptions<T, string?> MailAddressOfOffice<T>(this IRuleBuilder<T, string?> rule, Func<OwnAddresses> own) =>
        rule.MailAddress().Must(text => text is null || !own().TakesAnswers(text)).Fails(FieldCode.ServerAddress);

    public static IRuleBuilderOptions<T, string?> PhoneNumber<T>(this IRuleBuilder<T, string?> rule) => rule.Must(IsPhone).Fails(FieldCode.InvalidPhone);

    public static IRuleBuilderOptions<T, string?> TimeZone<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(id => id is null || Zones.Exists(id)).Fails(FieldCode.UnknownZone);

    /// <summary>A length of time: <c>P7D</c>, <c>PT1H30M</c>.</summary>
    public static IRuleBuilderOptions<T, string?> Period<T>(this IRuleBuilder<T, string?> rule) => rule.Must(text => text is null || EventTimes.IsPeriod(text)).Fails(FieldCode.InvalidPeriod);

    /// <summary>Lower-case words joined by hyphens.</summary>
    public static IRuleBuilderOptions<T, string?> Slug<T>(this IRuleBuilder<T, string?> rule, int min, int max) =>
        rule.Must(text => text is null || text.Length >= min && text.Length <= max && SlugShape().IsMatch(text)).Fails(FieldCode.InvalidSlug, min, max);

    /// <summary>An absolute https address, without user or password.</summary>
    public static IRuleBuilderOptions<T, string?> WebAddress<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is null || text.Length <= 2000 && !text.Any(c => c <= ' ' || c is '"' or '<' or '>' or '\\')
            && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0 && url.Host.Contains('.')).Fails(FieldCode.InvalidUrl);

    public static IRuleBuilderOptions<T, long?> Between<T>(this IRuleBuilder<T, long?> rule, long min, long max) =>
        rule.Must(number => number is null || number >= min && number <= max).Fails(FieldCode.OutOfRange, min, max);

    public static IRuleBuilderOptions<T, IReadOnlyList<TItem>?> AtMost<T, TItem>(this IRuleBuilder<T, IReadOnlyList<TItem>?> rule, int max) =>
        rule.Must(list => list is null || list.Count <= max).Fails(FieldCode.TooMany, max);

    public static IRuleBuilderOptions<T, IReadOnlyList<TItem>?> Distinct<T, TItem>(this IRuleBuilder<T, IReadOnlyList<TItem>?> rule) =>
        rule.Must(list => list is null || list.Distinct().Count() == list.Count).Fails(FieldCode.DuplicateValue);

    public static IRuleBuilderOptions<T, TProperty> Nothing<T, TProperty>(this IRuleBuilder<T, TProperty> rule) => rule.Must(value => value is null).Fails(FieldCode.ExpectedNothing);

    /// <summary>A text in one language or more, each of them up to <paramref name="max"/> characters.</summary>
    public static IRuleBuilderOptionsConditions<T, Texts?> Texts<T>(this IRuleBuilder<T, Texts?> rule, int max, bool multiLine) => rule.Custom((texts, context) =>
    {
        if (texts is null) return;
        foreach (var language in Enum.GetValues<Language>())
        {
            if (texts[language] is not { } text) continue;
            var field = $"{context.PropertyPath}.{language.Code()}";
            if (Text.Length(text) > max) context.AddFailure(new FluentValidation.Results.ValidationFailure(field, "") { ErrorCode = FieldCode.TooLong.Code, CustomState = new object[] { max } });
            else if (!multiLine && text.AsSpan().IndexOfAny('\n', '\t') >= 0) context.AddFailure(new FluentValidation.Results.ValidationFailure(field, "") { ErrorCode = FieldCode.ControlCharacter.Code });
        }
    });

    /// <summary>A template for a message.</summary>
    public static IRuleBuilderOptionsConditions<T, string?> Template<T>(this IRuleBuilder<T, string?> rule) => rule.Custom((text, context) =>
    {
        if (text is null || OrganizerTemplate.Wrong(text, context.PropertyPath) is not { } error) return;
        context.AddFailure(new FluentValidation.Results.ValidationFailure(error.Field, "") { ErrorCode = error.Code.Code, CustomState = error.Arguments });
    });

    /// <summary>Templates for a message.</summary>
    public static IRuleBuilderOptionsConditions<T, Texts?> Templates<T>(this IRuleBuilder<T, Texts?> rule) => rule.Custom((texts, context) =>
    {
        foreach (var error in OrganizerTemplate.Check(context.PropertyPath, texts)) context.AddFailure(new FluentValidation.Results.ValidationFailure(error.Field, "") { ErrorCode = error.Code.Code, CustomState = error.Arguments });
    });

    public static IRuleBuilderOptions<T, TProperty> Fails<T, TProperty>(this IRuleBuilderOptions<T, TProperty> rule, FieldCode code, params object[] arguments) =>
        rule.WithErrorCode(code.Code).WithState(_ => arguments);

    /// <summary>The path of a member as requests spell it: <c>privacyNotice.url</c>.</summary>
    internal static string? PathOf(LambdaExpression? expression) =>
        expression is null ? null : string.Join('.', PropertyChain.FromExpression(expression).ToString().Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    /// <summary>Runs a validator outside the request's own, and refuses what it finds.</summary>
    public static void Check<T>(this IValidator<T> validator, T value)
    {
        var result = validator.Validate(value);
        if (!result.IsValid) throw new ProblemException(Problem.ValidationFailed, [.. result.Errors.Select(e => e.ToFieldError())]);
    }

    // Numbers of many countries as people write them; at least five digits tell one from a typing error.
    private static bool IsPhone(string? text) => text is null || Phone().IsMatch(text) && text.Count(char.IsAsciiDigit) is >= 5 and <= 25;

    [GeneratedRegex(@"^\+?[0-9 ()/.\-]{5,40}(?: ?(?:ext|x|DW)\.? ?\d{1,6})?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Phone();

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex SlugShape();
}
