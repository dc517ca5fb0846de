package dev.lanewise.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test of twins, for Jupiter and for jqwik: it runs once for each vector width. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("twin")
@net.jqwik.api.Tag("twin")
@ExtendWith(Twin.class)
@AddLifecycleHook(Twin.class)
public @interface AtEveryWidth {}
