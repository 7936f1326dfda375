package io.gerve.sql;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Explanation of a failed TLS handshake with the database or Redis, for the operator. */
public final class TlsFailure {
    private TlsFailure() {}

    /**
     * Returns the cause and what to do, without a period at the end.
     *
     * @param settings the section whose settings name the server and the truststore: {@code database}
     * @return empty if TLS did not fail
     */
    public static Optional<String> explain(Throwable failure, String settings) {
        Optional<String> handshake = Optional.empty();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<String> certificate = certificate(cause, settings);
            if (certificate.isPresent()) {
                return certificate;
            }
            if (cause instanceof SSLException && handshake.isEmpty()) {
                handshake = Optional.of("TLS failed (" + cause.getMessage() + "): check that the server of " + settings
                        + ".url speaks TLS on this port");
            }
        }
        return handshake;
    }

    private static Optional<String> certificate(Throwable cause, String settings) {
        return Optional.ofNullable(
                switch (cause) {
                    case CertificateExpiredException _ ->
                        "the certificate of the server has expired: renew it on the server";
                    case CertificateNotYetValidException _ ->
                        "the certificate of the server is not valid yet: compare the clocks of the two machines";
                    case CertPathBuilderException _ -> untrusted(settings);
                    case CertPathValidatorException invalid
                    when !(invalid.getCause() instanceof CertificateException) -> untrusted(settings);
                    case CertificateException mismatch
                    when isOfAnotherName(mismatch.getMessage()) ->
                        "the certificate of the server is for another name: name the server in " + settings
                                + ".url as its certificate does";
                    default -> null;
                });
    }

    private static String untrusted(String settings) {
        return "the certificate of the server is from an unknown authority: name a truststore that has the authority's"
                + " certificate in " + settings + ".truststore";
    }

    private static boolean isOfAnotherName(@Nullable String message) {
        return message != null
                && (message.startsWith("No name matching")
                        || message.startsWith("No subject alternative")
                        || message.contains("identity verification failed"));
    }
}
