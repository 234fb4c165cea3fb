using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Isa.Events.Api.Http;

/// <summary>
/// How JSON is read and written. Strict where it protects (unknown and duplicate members, wrong types, depth), kind where callers need it:
/// an empty text means absent, a language may carry a region, an empty list stands for an empty map.
/// </summary>
public static class Json
{
    /// <summary>The deepest nesting a request may have.</summary>
    public const int MaxDepth = 32;

    /// <summary>Requests and answers.</summary>
    public static readonly JsonSerializerOptions Wire = Configure(new JsonSerializerOptions());

    /// <summary>Columns: what was checked when it was written is read as it is.</summary>
    public static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Puts the rules of <see cref="Wire"/> into options that somebody else owns.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.MaxDepth = MaxDepth;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // answers are application/json with nosniff, never part of a page
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new LanguageConverter());
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new NameConverterFactory());
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { EmptyMeansAbsent } };
        return options;
    }

    private static void EmptyMeansAbsent(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Namespace?.StartsWith("Isa.Events", StringComparison.Ordinal) != true) return;
        foreach (var property in type.Properties)
        {
            if (property.IsExtensionData) continue;
            var inner = Nullable.GetUnderlyingType(property.PropertyType);
            if (inner is not null) property.CustomConverter = (JsonConverter)Activator.CreateInstance(typeof(EmptyIsAbsent<>).MakeGenericType(inner))!;
            else if (!property.PropertyType.IsValueType && property.PropertyType != typeof(string) && property.Set is not null)
                property.CustomConverter = (JsonConverter)Activator.CreateInstance(typeof(EmptyObjectIsAbsent<>).MakeGenericType(property.PropertyType))!;
        }
    }
}

/// <summary>A member that could be parsed but not accepted. Carries the field's code, and the rest of its path where the reader lost it.</summary>
internal sealed class MemberException(FieldCode code, string subPath = "", params object[] arguments) : JsonException(code.Code)
{
    public FieldCode Code { get; } = code;

    public string SubPath { get; } = subPath;

    public object[] Arguments { get; } = arguments;
}

/// <summary>Text as people write it: NFC, trimmed, line ends as \n, nothing invisible that controls; empty means absent.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new MemberException(FieldCode.WrongType);
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException) // a lone surrogate, or bytes that are not UTF-8
        {
            throw new MemberException(FieldCode.InvalidText);
        }

        return Text.Clean(text, out var refused) is { } clean ? clean.Length == 0 ? null : clean : throw new MemberException(refused!);
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
}

/// <summary><c>de</c>, <c>en</c> or <c>zh</c>, with or without a region (<c>de-AT</c>, <c>zh_CN</c>, <c>zh-Hans</c>).</summary>
internal sealed class LanguageConverter : JsonConverter<Language>
{
    public override Language Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.String ? throw new MemberException(FieldCode.WrongType)
        : Languages.TryParse(reader.GetString(), out var language) ? language
        : throw new MemberException(FieldCode.UnknownLanguage);

    public override void Write(Utf8JsonWriter writer, Language value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code());

    public override Language ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, Language value, JsonSerializerOptions options) => writer.WritePropertyName(value.Code());
}

/// <summary>Instants of the server's own making: UTC in milliseconds.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant) ? instant : throw new MemberException(FieldCode.InvalidTime);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Instant.ToText(value));
}

/// <summary>Enums by their camelCase name, and nothing else: no numbers, no other case.</summary>
internal sealed class NameConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(NameConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class NameConverter<T> : JsonConverter<T> where T : struct, Enum
    {
        private static readonly Dictionary<string, T> Values = Enum.GetValues<T>().ToDictionary(v => RowTypes.Name(v), StringComparer.Ordinal);
        private static readonly Dictionary<T, JsonEncodedText> Names = Values.ToDictionary(v => v.Value, v => JsonEncodedText.Encode(v.Key));

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType != JsonTokenType.String ? throw new MemberException(FieldCode.WrongType)
            : Values.TryGetValue(reader.GetString()!, out var value) ? value
            : throw new MemberException(FieldCode.UnknownValue, "", string.Join(", ", Values.Keys));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Names[value]);

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(Names[value]);
    }
}

/// <summary>An optional number, flag or name: <c>""</c> means absent, as forms send it.</summary>
internal sealed class EmptyIsAbsent<T> : JsonConverter<T?> where T : struct
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null || reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(""u8)
            ? null
            : ((JsonConverter<T>)options.GetConverter(typeof(T))).Read(ref reader, typeof(T), options);

    public override void Write(Utf8JsonWriter writer, T? value, JsonSerializerOptions options)
    {
        if (value is { } present) ((JsonConverter<T>)options.GetConverter(typeof(T))).Write(writer, present, options);
        else writer.WriteNullValue();
    }
}

/// <summary>An optional object, map or list: <c>""</c> means absent, and <c>[]</c> is how PHP writes an empty map.</summary>
internal sealed class EmptyObjectIsAbsent<T> : JsonConverter<T> where T : class
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(""u8)) return null;
        if (reader.TokenType == JsonTokenType.StartArray && !typeof(System.Collections.IEnumerable).IsAssignableFrom(typeof(T)))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.EndArray ? null : throw new MemberException(FieldCode.WrongType);
        }

        T? value;
        try
        {
            value = JsonSerializer.Deserialize<T>(ref reader, options);
        }
        catch (JsonException e) // the reader below counts its path from here
        {
            var (code, path, arguments) = Body.Explain(e);
            throw new MemberException(code, path, arguments);
        }

        return value is System.Collections.IList list && list.IndexOf(null) is >= 0 and var gap ? throw new MemberException(FieldCode.WrongType, $"[{gap}]") : value;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, options);
}
