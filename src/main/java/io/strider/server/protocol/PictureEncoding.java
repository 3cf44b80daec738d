package io.strider.server.protocol;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ways in which a body can hold pictures. */
public enum PictureEncoding {
    /** The body is a picture. */
    ONE_PICTURE,
    /** The body is a form with a picture in each of its files. */
    FORM,
    /** The body is a JSON object with pictures in base64. */
    JSON;

    /** What a Content-Type may say. */
    public static final String TYPES =
            "image/*, application/octet-stream, multipart/form-data or application/json";

    /**
     * Whether a content type is what curl says where it was told none: it says nothing of the body.
     */
    public static boolean isUntold(@Nullable String contentType) {
        return HeaderValue.parse(contentType)
                .filter(type -> type.value().equals("application/x-www-form-urlencoded"))
                .isPresent();
    }

    /**
     * The way that a content type stands for; empty if it stands for none.
     *
     * @param contentType null if the request says none: then the body is a picture
     */
    public static Optional<PictureEncoding> of(@Nullable String contentType) {
        if (contentType == null) {
            return Optional.of(ONE_PICTURE);
        }
        String type = HeaderValue.parse(contentType).map(HeaderValue::value).orElse("");
        return switch (type) {
            case "application/octet-stream" -> Optional.of(ONE_PICTURE);
            case "multipart/form-data" -> Optional.of(FORM);
            case "application/json" -> Optional.of(JSON);
            default -> type.startsWith("image/") ? Optional.of(ONE_PICTURE) : Optional.empty();
        };
    }
}
