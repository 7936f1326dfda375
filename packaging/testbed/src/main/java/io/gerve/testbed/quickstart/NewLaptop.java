package io.gerve.testbed.quickstart;

import io.gerve.testbed.site.ApiCall;
import io.gerve.testbed.site.SshKeys;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** mojombo's new laptop, whose key is added and deleted through the API. */
final class NewLaptop {
    private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");

    private final TestSite site;

    NewLaptop(TestSite site) {
        this.site = site;
    }

    ApiCall adding() throws IOException {
        String key = SshKeys.publicKey(site.folder().resolve("keys/laptop"));
        return new ApiCall("POST", "/user/keys", "{\"title\":\"New laptop\",\"key\":\"" + key + "\"}");
    }

    static ApiCall deleting(String id) {
        return new ApiCall("DELETE", "/user/keys/" + id, "");
    }

    /** @return the number under which the key was added, empty if it was not */
    static String idIn(HttpResponse<String> answer) {
        Matcher id = ID.matcher(answer.body());
        return id.find() ? id.group(1) : "";
    }
}
