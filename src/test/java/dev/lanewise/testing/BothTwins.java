package dev.lanewise.testing;

import dev.lanewise.kernel.Kernels;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.RecordComponent;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** A test of both twins of the family that its parameter is of. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ArgumentsSource(BothTwins.Provider.class)
public @interface BothTwins {
  /** The scalar twin, and the SIMD twin on two threads. */
  final class Provider implements ArgumentsProvider {
    @Override
    public Stream<Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      Class<?> contract = parameters.getFirst().orElseThrow().getParameterType();
      RecordComponent family =
          Twins.families().filter(one -> one.getType() == contract).findFirst().orElseThrow();
      return Stream.of(Kernels.scalar(), Twins.simd(Teams.of(2)))
          .map(kernels -> Arguments.of(Twins.family(kernels, family)));
    }
  }
}
