<?php
/**
 * Registers one person for an event, as the form handler of a website would.
 *
 *   ISA_EVENTS_URL=http://localhost:5080 ISA_EVENTS_KEY=isa_ptn_… php register.php isa-plenary '{"siteId":"zoom", …}'
 *
 * Prints the reference and the links, or the wrong fields with the text to show beside them.
 * Exit code: 0 registered, 2 the visitor has to correct something or chose a full site, 1 anything else.
 */
declare(strict_types=1);

const TRIES = 4;
const SECONDS_PER_TRY = 3;

/** One request. Returns [status, answer, seconds to wait], status 0 where no answer came. */
function send(string $url, string $key, string $idempotencyKey, string $language, array $person): array
{
    $wait = 1;
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => json_encode($person, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR),
        CURLOPT_HTTPHEADER => [
            'Content-Type: application/json',
            "Authorization: Bearer $key",
            "Idempotency-Key: $idempotencyKey",
            "Accept-Language: $language",
        ],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => SECONDS_PER_TRY,
        CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$wait): int {
            if (preg_match('/^Retry-After:\s*(\d+)/i', $line, $match)) {
                $wait = (int) $match[1];
            }
            return strlen($line);
        },
    ]);
    $body = curl_exec($curl);
    $status = $body === false ? 0 : curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    return [$status, $body === false ? [] : (json_decode($body, true) ?? []), $wait];
}

/**
 * Registers, and asks again after a time-out or a busy server. The same key goes with every try: whatever became of the
 * first one, the person is registered once.
 */
function register(string $server, string $key, string $event, string $language, array $person): array
{
    $idempotencyKey = bin2hex(random_bytes(16));
    $url = rtrim($server, '/') . '/v1/events/' . rawurlencode($event) . '/registrations';
    for ($try = 1; ; $try++) {
        [$status, $answer, $wait] = send($url, $key, $idempotencyKey, $language, $person);
        $again = $status === 0 || $status === 429 || $status >= 500;
        if (!$again || $try === TRIES) {
            return [$status, $answer];
        }
        fwrite(STDERR, $status === 0 ? "No answer, trying again\n" : "Answer $status, trying again in $wait s\n");
        sleep(min($wait, 10));
    }
}

[$status, $answer] = register(
    getenv('ISA_EVENTS_URL') ?: 'http://localhost:5080',
    (string) getenv('ISA_EVENTS_KEY'),
    $argv[1] ?? 'isa-plenary',
    $argv[3] ?? 'de',
    json_decode($argv[2] ?? '{}', true, 32, JSON_THROW_ON_ERROR),
);

if ($status === 201) {
    printf("%s\ninvite %s\nmanage %s\n", $answer['reference'], $answer['links']['invite'], $answer['links']['manage']);
    exit(0);
}

echo ($answer['detail'] ?? 'No answer from the server.'), "\n";
foreach ($answer['errors'] ?? [] as $error) {
    printf("%s: %s\n", $error['field'], $error['detail']);
}
exit(in_array($status, [409, 422], true) ? 2 : 1);
