package org.skyway.vswitch.ofproto;

import java.nio.file.Path;

final class Play {
    public static void main(String[] a) throws Exception {
        new TestSwitch(Path.of(a[0]), OfprotoConfig.FailMode.SECURE, "ptcp:16653:127.0.0.1");
        Thread.sleep(Long.parseLong(a[1]) * 1000);
        System.exit(0);
    }
}
